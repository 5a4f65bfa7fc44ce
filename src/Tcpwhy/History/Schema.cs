using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Tcpwhy.History;

/// <summary>The tables of a history file, and the steps that bring an older file to them. The file's user_version counts the steps that it has taken.</summary>
internal static class Schema
{
    /// <summary>"tcpw", so that a file of another program is told from ours.</summary>
    public const int ApplicationId = 0x74637077;

    /// <summary>Never changed once released, only added to.</summary>
    private static readonly string[] Steps =
    [
        // Failures lie in blocks of up to 256; the row's id is that of the block with the place in it.
        """
        CREATE TABLE runs (id INTEGER PRIMARY KEY, start INTEGER NOT NULL, end INTEGER NOT NULL, source TEXT NOT NULL, kernel TEXT, unavailable BLOB NOT NULL);
        CREATE TABLE points (resolution INTEGER NOT NULL, start INTEGER NOT NULL, point BLOB NOT NULL, PRIMARY KEY (resolution, start));
        CREATE TABLE findings (resolution INTEGER NOT NULL, start INTEGER NOT NULL, findings BLOB NOT NULL, PRIMARY KEY (resolution, start));
        CREATE TABLE blocks (id INTEGER PRIMARY KEY, findings BLOB NOT NULL);
        CREATE TABLE failures (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, client BLOB NOT NULL, client_port INTEGER NOT NULL, server BLOB NOT NULL, server_port INTEGER NOT NULL);
        CREATE INDEX failures_by_time ON failures (time);
        CREATE INDEX failures_by_client_port ON failures (client_port, time);
        CREATE INDEX failures_by_server_port ON failures (server_port, time);
        """,
        """
        CREATE TABLE alerts (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, change BLOB NOT NULL);
        CREATE INDEX alerts_by_time ON alerts (time);
        """,
    ];

    /// <summary>The version that this program writes.</summary>
    public static int Current => Steps.Length;

    /// <summary>Takes the steps that are missing, all or none.</summary>
    public static void Migrate(SqliteConnection database, int upTo)
    {
        using SqliteTransaction change = database.BeginTransaction();
        int version = Version(database);
        for (int step = version; step < upTo; step++)
            Run(database, Steps[step]);
        if (version < upTo)
            Run(database, string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {upTo};"));
        change.Commit();
    }

    public static int Version(SqliteConnection database) => (int)Number(database, "PRAGMA user_version");

    public static void Run(SqliteConnection database, string sql)
    {
        using SqliteCommand command = database.CreateCommand();
#pragma warning disable CA2100 // all of it stands in this program
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public static long Number(SqliteConnection database, string sql)
    {
        using SqliteCommand command = database.CreateCommand();
#pragma warning disable CA2100 // as above
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
