using Microsoft.Data.Sqlite;
using Tcpwhy.Model;
using static SQLitePCL.raw;

namespace Tcpwhy.History;

/// <summary>Opens history files, and says what is wrong with one in one line. The library is loaded when the first is opened.</summary>
internal static class Database
{
    static Database() => SQLitePCL.Batteries_V2.Init();

    /// <summary>Opens the file for its only writer, and creates it or brings it to this version's tables.</summary>
    /// <exception cref="ToolException">It cannot be used; the file is left as it was.</exception>
    public static SqliteConnection ForWriting(string path)
    {
        bool created = !File.Exists(path);
        try
        {
            if (created)
            {
                // The log and the index beside it get the same mode from SQLite.
                using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"history {path} cannot be written: {refused.Message}", ExitCode.Storage);
        }
        SqliteConnection database = Connect(path, SqliteOpenMode.ReadWrite);
        try
        {
            Require(database, path, writing: true);
            // Only a file without tables takes this on.
            Schema.Run(database, "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY;");
            Schema.Migrate(database, Schema.Current);
            return database;
        }
        catch (Exception failed)
        {
            database.Dispose();
            if (failed is SqliteException error)
                throw Told(path, error);
            throw;
        }
    }

    /// <summary>Opens the file to be read, beside its writer or without one.</summary>
    /// <exception cref="ToolException">There is none, or it cannot be read.</exception>
    public static SqliteConnection ForReading(string path)
    {
        if (!File.Exists(path))
            throw new ToolException($"no history at {path}: 'tcpwhy watch' writes it, --history names another", ExitCode.Storage);
        SqliteConnection? database = null;
        try
        {
            database = Connect(path, SqliteOpenMode.ReadOnly);
            Require(database, path, writing: false);
            return database;
        }
        catch (SqliteException error) when (error.SqliteErrorCode is SQLITE_CANTOPEN or SQLITE_READONLY && new FileInfo(path + "-wal") is { Exists: false } or { Length: 0 })
        {
            // A directory where not even the index of the log may be written, as on a read-only disk: then nobody writes the file either.
            database?.Dispose();
            database = Connect($"file:{Uri.EscapeDataString(path)}?immutable=1", SqliteOpenMode.ReadOnly);
            try
            {
                Require(database, path, writing: false);
                return database;
            }
            catch (SqliteException still)
            {
                database.Dispose();
                throw Told(path, still);
            }
        }
        catch (Exception failed)
        {
            database?.Dispose();
            if (failed is SqliteException error)
                throw Told(path, error);
            throw;
        }
    }

    /// <summary>What SQLite met, in one line.</summary>
    public static ToolException Told(string path, SqliteException error) => new(error.SqliteErrorCode switch
    {
        SQLITE_NOTADB or SQLITE_CORRUPT => $"history {path} is damaged ({Text(error)}): move it away, or name another with --history",
        SQLITE_FULL => $"history {path} cannot be written: the disk is full",
        SQLITE_CANTOPEN or SQLITE_PERM or SQLITE_AUTH => $"history {path} cannot be opened: permission denied, or its directory is read-only",
        SQLITE_READONLY => $"history {path} cannot be written: it is read-only",
        _ => $"history {path} cannot be used: {Text(error)}",
    }, ExitCode.Storage);

    /// <summary>Whether the file itself is broken, so that trying again is of no use.</summary>
    public static bool IsDamage(SqliteException error) => error.SqliteErrorCode is SQLITE_NOTADB or SQLITE_CORRUPT;

    private static SqliteConnection Connect(string source, SqliteOpenMode mode)
    {
        var database = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Mode = mode, Pooling = false, DefaultTimeout = 5 }.ToString());
        database.Open();
        return database;
    }

    private static void Require(SqliteConnection database, string path, bool writing)
    {
        int version = Schema.Version(database);
        long id = Schema.Number(database, "PRAGMA application_id");
        if (id != Schema.ApplicationId && (id != 0 || version != 0 || Schema.Number(database, "SELECT count(*) FROM sqlite_schema") > 0))
            throw new ToolException($"{path} is no history of tcpwhy, but a database of another program: name another with --history", ExitCode.Storage);
        if (version > Schema.Current)
            throw new ToolException($"history {path} was written by a newer tcpwhy (its schema is {version}, this one knows {Schema.Current}): use that one, or name another with --history", ExitCode.Storage);
        if (version == 0 && !writing)
            throw new ToolException($"history {path} is empty: nothing was recorded yet", ExitCode.Storage);
    }

    // "SQLite Error 11: 'database disk image is malformed'." says twice what it is.
    private static string Text(SqliteException error) => error.Message.Split('\'') is [_, var text, ..] ? text : error.Message;
}
