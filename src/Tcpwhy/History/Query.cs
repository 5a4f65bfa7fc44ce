using Microsoft.Data.Sqlite;
using Tcpwhy.Model;

namespace Tcpwhy.History;

/// <summary>What reader and writer both ask of the file.</summary>
internal static class Query
{
    /// <summary>Points that begin within the bounds, both included, in the order of time.</summary>
    public static IEnumerable<Point> Points(SqliteConnection database, Resolution resolution, DateTimeOffset first, DateTimeOffset last)
    {
        foreach (byte[] packed in Blobs(database, "SELECT point FROM points WHERE resolution = $1 AND start BETWEEN $2 AND $3 ORDER BY start", resolution, first, last))
            yield return Packed.Read(packed, HistoryJson.Default.Point);
    }

    /// <summary>Findings of the spans that begin within the bounds, both included.</summary>
    public static IEnumerable<Finding> Findings(SqliteConnection database, Resolution resolution, DateTimeOffset first, DateTimeOffset last)
    {
        foreach (byte[] packed in Blobs(database, "SELECT findings FROM findings WHERE resolution = $1 AND start BETWEEN $2 AND $3 ORDER BY start", resolution, first, last))
        {
            foreach (Finding finding in Packed.Read(packed, HistoryJson.Default.FindingArray))
                yield return finding;
        }
    }

    private static IEnumerable<byte[]> Blobs(SqliteConnection database, string sql, Resolution resolution, DateTimeOffset first, DateTimeOffset last)
    {
        using SqliteCommand command = database.CreateCommand();
#pragma warning disable CA2100 // both stand above
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$1", (int)resolution);
        command.Parameters.AddWithValue("$2", Moment.Of(first));
        command.Parameters.AddWithValue("$3", Moment.Of(last));
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
            yield return (byte[])row[0];
    }
}
