using System.Globalization;
using System.Net;
using Microsoft.Data.Sqlite;
using Tcpwhy.Alerting;
using Tcpwhy.Diagnosis;
using Tcpwhy.Model;
using Tcpwhy.Watching;

namespace Tcpwhy.History;

/// <summary>Writes into a history file, for one thread: each batch is a transaction, wholly there or not at all.</summary>
internal sealed class Store : IDisposable
{
    private const int BlockSize = 256;

    /// <summary>A screen ticks faster than history needs.</summary>
    private static readonly TimeSpan Slot = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly SqliteConnection _database;
    private readonly SqliteCommand _addBlock;
    private readonly SqliteCommand _addFailure;
    private readonly SqliteCommand _putPoint;
    private readonly SqliteCommand _putFindings;
    private readonly SqliteCommand _addAlert;
    private DateTimeOffset _slot;
    private Point? _slotPoint;
    private DateTimeOffset _minute;
    private Point? _point;
    private Findings _findings = new();
    private long _nextBlock;
    private long _run;

    public Store(SqliteConnection database)
    {
        _database = database;
        _addBlock = Command("INSERT INTO blocks (id, findings) VALUES ($1, $2)", 2);
        _addFailure = Command("INSERT INTO failures (id, time, client, client_port, server, server_port) VALUES ($1, $2, $3, $4, $5, $6)", 6);
        _putPoint = Command("INSERT OR REPLACE INTO points (resolution, start, point) VALUES ($1, $2, $3)", 3);
        _putFindings = Command("INSERT OR REPLACE INTO findings (resolution, start, findings) VALUES ($1, $2, $3)", 3);
        _addAlert = Command("INSERT INTO alerts (time, change) VALUES ($1, $2)", 2);
        _nextBlock = Schema.Number(database, "SELECT coalesce(max(id), 0) + 1 FROM blocks");
    }

    /// <summary>Notes who records from now on, and what he cannot see.</summary>
    public void Begin(Started started)
    {
        using SqliteCommand add = Command("INSERT INTO runs (start, end, source, kernel, unavailable) VALUES ($1, $1, $2, $3, $4) RETURNING id", 4);
        Set(add, Moment.Of(started.Time), started.Source, started.Kernel ?? (object)DBNull.Value, Packed.Of(started.Unavailable, HistoryJson.Default.UnavailableArray));
        _run = (long)add.ExecuteScalar()!;
    }

    /// <summary>Stores a batch, wholly or not at all.</summary>
    public void Write(IReadOnlyList<Finding> failures, IReadOnlyList<(Tick Tick, long Unkept)> ticks)
    {
        using SqliteTransaction change = _database.BeginTransaction();
        foreach (SqliteCommand command in (ReadOnlySpan<SqliteCommand>)[_addBlock, _addFailure, _putPoint, _putFindings, _addAlert])
            command.Transaction = change;
        long block = _nextBlock;
        for (int done = 0; done < failures.Count; done += BlockSize)
            Add(block++, [.. failures.Skip(done).Take(BlockSize)]);
        foreach ((Tick tick, long unkept) in ticks)
            Add(tick, unkept);
        change.Commit();
        _nextBlock = block;
    }

    /// <summary>Deletes what is too old, and from the oldest on what is too much, a piece at a time.</summary>
    public void Prune(HistoryLimits limits, DateTimeOffset now)
    {
        long old = Moment.Of(now - limits.Age);
        Run("DELETE FROM failures WHERE id IN (SELECT id FROM failures WHERE time < $1 ORDER BY time LIMIT 50000)", old);
        Run("DELETE FROM blocks WHERE id < (SELECT coalesce(min(id) / $1, 0) FROM failures)", BlockSize);
        Run("DELETE FROM points WHERE resolution = 0 AND start < $1", Math.Max(old, Moment.Of(now - limits.SingleReadings)));
        // The span that begins before the limit still has younger parts.
        Run("DELETE FROM points WHERE resolution > 0 AND start < $1", old - Moment.Of(DateTimeOffset.UnixEpoch + Hour));
        Run("DELETE FROM findings WHERE start < $1", old - Moment.Of(DateTimeOffset.UnixEpoch + Hour));
        Run("DELETE FROM alerts WHERE time < $1", old);
        Run("DELETE FROM runs WHERE end < $1 AND id <> $2", old, _run);
        Shrink(limits.Bytes);
        if (Schema.Number(_database, "PRAGMA freelist_count") is var free and > 1024)
            Schema.Run(_database, string.Create(CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({Math.Min(free - 512, 4096)})"));
    }

    /// <summary>Bytes in use, those that the next rows will fill not among them.</summary>
    public long UsedBytes() => (Schema.Number(_database, "PRAGMA page_count") - Schema.Number(_database, "PRAGMA freelist_count")) * Schema.Number(_database, "PRAGMA page_size");

    public void Dispose()
    {
        foreach (SqliteCommand command in (ReadOnlySpan<SqliteCommand>)[_addBlock, _addFailure, _putPoint, _putFindings, _addAlert])
            command.Dispose();
        _database.Dispose();
    }

    private void Add(long block, Finding[] failures)
    {
        Set(_addBlock, block, Packed.Of(failures, HistoryJson.Default.FindingArray));
        _addBlock.ExecuteNonQuery();
        for (int place = 0; place < failures.Length; place++)
        {
            Example one = failures[place].Examples[0];
            Set(_addFailure, (block * BlockSize) + place, Moment.Of(one.Time), Bytes(one.Local.Address), one.Local.Port, Bytes(one.Remote.Address), one.Remote.Port);
            _addFailure.ExecuteNonQuery();
        }
    }

    private void Add(Tick tick, long unkept)
    {
        Point point = Point.Of(tick) with { Unkept = unkept };
        // A tick on the minute ends the minute before.
        DateTimeOffset minute = Moment.Floor(tick.End.AddTicks(-1), Minute), slot = Moment.Floor(tick.End.AddTicks(-1), Slot);
        if (slot != _slot)
            (_slot, _slotPoint) = (slot, Query.Points(_database, Resolution.Reading, slot, slot).FirstOrDefault());
        _slotPoint = _slotPoint is null ? point : Point.Over([_slotPoint, point]);
        Put(Resolution.Reading, slot, _slotPoint);
        if (minute != _minute)
            Turn(minute);
        _point = _point is null ? point : Point.Over([_point, point]);
        foreach (Finding finding in tick.Findings)
            _findings.Add(finding);
        Put(Resolution.Minute, minute, _point);
        if (_findings.Ranked(Findings.OfParts) is { Count: > 0 } findings)
            Put(Resolution.Minute, minute, findings);
        foreach (AlertChange change in tick.Alerts)
        {
            Set(_addAlert, Moment.Of(change.Time), Packed.Of(change, HistoryJson.Default.AlertChange));
            _addAlert.ExecuteNonQuery();
        }
        Run("UPDATE runs SET end = $1 WHERE id = $2", Moment.Of(tick.End), _run);
    }

    /// <summary>Begins a minute, or goes on with one that an earlier run began, and sums up the hours that are over.</summary>
    private void Turn(DateTimeOffset minute)
    {
        (_minute, _findings) = (minute, new Findings());
        _point = Query.Points(_database, Resolution.Minute, minute, minute).FirstOrDefault();
        foreach (Finding finding in Query.Findings(_database, Resolution.Minute, minute, minute))
            _findings.Add(finding);

        long hour = Moment.Of(Moment.Floor(minute, Hour));
        long length = Hour.Ticks / TimeSpan.TicksPerMicrosecond;
        using SqliteCommand over = Command(
            "SELECT DISTINCT start / $1 FROM points WHERE resolution = 1 AND start < $2 AND start >= (SELECT coalesce(max(start) + $1, 0) FROM points WHERE resolution = 2)", 2);
        Set(over, length, hour);
        List<DateTimeOffset> hours = [];
        using (SqliteDataReader row = over.ExecuteReader())
        {
            while (row.Read())
                hours.Add(Moment.Read(row.GetInt64(0) * length));
        }
        foreach (DateTimeOffset start in hours)
        {
            DateTimeOffset last = start + Hour - Minute;
            Put(Resolution.Hour, start, Point.Over([.. Query.Points(_database, Resolution.Minute, start, last)]));
            var findings = new Findings();
            foreach (Finding finding in Query.Findings(_database, Resolution.Minute, start, last))
                findings.Add(finding);
            if (findings.Ranked(Findings.OfParts) is { Count: > 0 } ranked)
                Put(Resolution.Hour, start, ranked);
        }
    }

    private void Put(Resolution resolution, DateTimeOffset start, Point point)
    {
        Set(_putPoint, (int)resolution, Moment.Of(start), Packed.Of(point, HistoryJson.Default.Point));
        _putPoint.ExecuteNonQuery();
    }

    private void Put(Resolution resolution, DateTimeOffset start, IReadOnlyList<Finding> findings)
    {
        Set(_putFindings, (int)resolution, Moment.Of(start), Packed.Of([.. findings], HistoryJson.Default.FindingArray));
        _putFindings.ExecuteNonQuery();
    }

    /// <summary>Single failures take most of the room, so they go first; then single readings, then the oldest minutes.</summary>
    private void Shrink(long most)
    {
        if (UsedBytes() <= most)
            return;
        for (int round = 0; round < 20 && UsedBytes() > most / 20 * 19; round++)
        {
            long blocks = Schema.Number(_database, "SELECT count(*) FROM blocks");
            if (blocks > 0)
            {
                Run("DELETE FROM blocks WHERE id IN (SELECT id FROM blocks ORDER BY id LIMIT $1)", (blocks / 20) + 1);
                Run("DELETE FROM failures WHERE id < (SELECT coalesce(min(id), 9223372036854775807 / $1) * $1 FROM blocks)", BlockSize);
                continue;
            }
            foreach (string table in (ReadOnlySpan<string>)["points", "findings"])
                Run($"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} ORDER BY resolution, start LIMIT (SELECT count(*) / 20 + 1 FROM {table}))");
        }
    }

    private void Run(string sql, params ReadOnlySpan<object> values)
    {
        using SqliteCommand command = Command(sql, values.Length);
        Set(command, values);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, int parameters)
    {
        SqliteCommand command = _database.CreateCommand();
#pragma warning disable CA2100 // all of it stands in this program
        command.CommandText = sql;
#pragma warning restore CA2100
        for (int i = 1; i <= parameters; i++)
            command.Parameters.Add(new SqliteParameter { ParameterName = string.Create(CultureInfo.InvariantCulture, $"${i}") });
        return command;
    }

    private static void Set(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (int i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
    }

    private static byte[] Bytes(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
}
