using System.Net;
using Microsoft.Data.Sqlite;
using Tcpwhy.Alerting;
using Tcpwhy.Diagnosis;
using Tcpwhy.Filtering;
using Tcpwhy.Model;

namespace Tcpwhy.History;

/// <summary>Reads a history file, also while it is written. What is wrong with the file is a <see cref="ToolException"/> of one line.</summary>
public sealed class HistoryReader : IDisposable
{
    /// <summary>Longer windows are put together from hours, as far as these are whole.</summary>
    private static readonly TimeSpan ByMinutes = TimeSpan.FromHours(3);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Watching that stops for less is a clock that was set.</summary>
    private static readonly TimeSpan ShortestGap = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly SqliteConnection _database;

    internal HistoryReader(string path) => (_path, _database) = (path, Database.ForReading(path));

    /// <summary>Where the file is.</summary>
    public string Path => _path;

    /// <summary>From when to when it reaches; null when nothing was recorded yet.</summary>
    public (DateTimeOffset Start, DateTimeOffset End)? Reach => Guarded<(DateTimeOffset, DateTimeOffset)?>(() =>
    {
        using SqliteCommand command = Command("SELECT min(start) FROM points WHERE resolution > 0");
        if (command.ExecuteScalar() is not long start)
            return null;
        long last = Schema.Number(_database, "SELECT max(start) FROM points WHERE resolution > 0");
        Point[] end = [.. Query.Points(_database, Resolution.Minute, Moment.Read(last), Moment.Read(last))];
        return (Moment.Read(start), end.Length > 0 ? end[0].End : Moment.Read(last));
    });

    /// <summary>Points that begin in a time, in order; single readings reach back two days.</summary>
    public IReadOnlyList<Point> Points(DateTimeOffset since, DateTimeOffset until, Resolution resolution) =>
        Guarded<IReadOnlyList<Point>>(() => [.. Query.Points(_database, resolution, since, until.AddTicks(-TimeSpan.TicksPerMicrosecond))]);

    /// <summary>Hands over the verdict of every single connection that was kept and ended in a time, each with its timeline as the one example.</summary>
    public void EachFailure(DateTimeOffset since, DateTimeOffset until, Action<Finding> see) => Guarded(() =>
    {
        using SqliteCommand command = Command("SELECT id FROM failures WHERE time >= $1 AND time < $2 ORDER BY time, id", Moment.Of(since), Moment.Of(until));
        using SqliteDataReader row = command.ExecuteReader();
        var blocks = new Blocks(_database);
        while (row.Read())
        {
            if (blocks.Find(row.GetInt64(0)) is { } failure)
                see(failure);
        }
        return true;
    });

    /// <summary>Changes of alerts in a time, in order.</summary>
    public IReadOnlyList<AlertChange> Alerts(DateTimeOffset since, DateTimeOffset until) => Guarded<IReadOnlyList<AlertChange>>(() =>
    {
        // The second step of the schema made the table; a file that nobody wrote to since has none.
        if (Schema.Version(_database) < 2)
            return [];
        using SqliteCommand command = Command("SELECT change FROM alerts WHERE time >= $1 AND time < $2 ORDER BY time, id", Moment.Of(since), Moment.Of(until));
        using SqliteDataReader row = command.ExecuteReader();
        List<AlertChange> changes = [];
        while (row.Read())
            changes.Add(Packed.Read((byte[])row[0], HistoryJson.Default.AlertChange));
        return changes;
    });

    /// <summary>Why connections broke in a time, which is widened to whole minutes.</summary>
    /// <exception cref="ToolException">Nothing of that time was recorded.</exception>
    public HistoryWindow Window(DateTimeOffset since, DateTimeOffset until, Filter filter)
    {
        since = Moment.Floor(since, Minute);
        until = Moment.Floor(until.AddTicks(Minute.Ticks - 1), Minute);
        return Guarded(() =>
        {
            using SqliteTransaction sameMoment = _database.BeginTransaction(deferred: true);
            return Window(since, until, filter, [.. Cover(since, until)]);
        });
    }

    /// <summary>Single connections that may be the one that somebody asks for: those that ended near a time, or have one of these ends near it.</summary>
    internal IReadOnlyList<Finding> Near(IReadOnlyList<DateTimeOffset> times, IReadOnlyList<IPAddress> addresses, IReadOnlyList<int> ports, TimeSpan reach) => Guarded<IReadOnlyList<Finding>>(() =>
    {
        var ids = new SortedSet<long>();
        foreach (DateTimeOffset time in times.Count > 0 ? times : [DateTimeOffset.MaxValue])
        {
            long at = Moment.Of(time), far = times.Count > 0 ? reach.Ticks / TimeSpan.TicksPerMicrosecond : long.MaxValue / 4;
            foreach (int port in ports)
            {
                AddNear(ids, "client_port = $3", at, far, port);
                AddNear(ids, "server_port = $3", at, far, port);
            }
            foreach (IPAddress address in addresses)
                AddNear(ids, "(client = $3 OR server = $3)", at, far, address.GetAddressBytes());
            if (times.Count > 0)
                AddNear(ids, "$3 = 0", at, far, 0);
        }
        var blocks = new Blocks(_database);
        List<Finding> found = [];
        foreach (long id in ids)
        {
            if (blocks.Find(id) is { } failure)
                found.Add(failure);
        }
        return found;
    });

    /// <summary>Whether somebody watched at a time.</summary>
    public bool WatchedAt(DateTimeOffset time) => Guarded(() =>
    {
        foreach (Resolution resolution in (ReadOnlySpan<Resolution>)[Resolution.Minute, Resolution.Hour])
        {
            TimeSpan span = resolution == Resolution.Minute ? Minute : Hour;
            foreach (Point point in Query.Points(_database, resolution, Moment.Floor(time, span) - span, time))
            {
                if (point.Start <= time && time <= point.End)
                    return true;
            }
        }
        return false;
    });

    public void Dispose() => _database.Dispose();

    private HistoryWindow Window(DateTimeOffset since, DateTimeOffset until, Filter filter, List<(Resolution Resolution, DateTimeOffset First, DateTimeOffset Last)> cover)
    {
        List<Point> points = [.. cover.SelectMany(part => Query.Points(_database, part.Resolution, part.First, part.Last))];
        if (points.Count == 0)
        {
            string reach = Reach is { } known ? $"it reaches from {known.Start:yyyy-MM-dd HH:mm} to {known.End:yyyy-MM-dd HH:mm} UTC" : "nothing was recorded yet";
            throw new ToolException($"history {_path} knows nothing of {since:yyyy-MM-dd HH:mm} to {until:HH:mm} UTC: {reach}", ExitCode.Storage);
        }
        var findings = new Findings();
        if (ReferenceEquals(filter, Filter.Everything))
        {
            foreach (Finding finding in cover.SelectMany(part => Query.Findings(_database, part.Resolution, part.First, part.Last)))
                findings.Add(finding);
        }
        else
        {
            EachFailure(since, until, alone =>
            {
                if (filter.Matches(alone))
                    findings.Add(alone);
            });
        }
        Point all = Point.Over(points);
        (string source, string? kernel, IReadOnlyList<Unavailable> unavailable) = Watchers(all.Start, all.End);
        return new HistoryWindow(
            new Answer
            {
                Start = all.Start,
                End = all.End,
                Source = source,
                Kernel = kernel,
                Unavailable = unavailable,
                Events = all.Events,
                Lost = all.Lost,
                CpuSeconds = Math.Round(all.CpuSeconds, 3),
                PeakMemoryBytes = all.PeakMemoryBytes,
                Opened = all.Opened,
                ClosedNormally = all.ClosedNormally,
                Failed = findings.Connections(normal: false),
                Findings = findings.Ranked(),
            },
            all.Watched,
            GapsBetween(points),
            all.Unkept);
    }

    /// <summary>The spans that make up a time: minutes, and hours for what is long past.</summary>
    private IEnumerable<(Resolution Resolution, DateTimeOffset First, DateTimeOffset Last)> Cover(DateTimeOffset since, DateTimeOffset until)
    {
        DateTimeOffset firstHour = Moment.Floor(since.AddTicks(Hour.Ticks - 1), Hour);
        // Hours are summed up when they are over; a crash may have left the last ones to be.
        DateTimeOffset summed = Moment.Read(Schema.Number(_database, "SELECT coalesce(max(start), 0) FROM points WHERE resolution = 2")) + Hour;
        DateTimeOffset pastHours = Moment.Floor(until < summed ? until : summed, Hour);
        if (until - since <= ByMinutes || pastHours <= firstHour)
        {
            yield return (Resolution.Minute, since, until - Minute);
            yield break;
        }
        if (since < firstHour)
            yield return (Resolution.Minute, since, firstHour - Minute);
        yield return (Resolution.Hour, firstHour, pastHours - Hour);
        if (pastHours < until)
            yield return (Resolution.Minute, pastHours, until - Minute);
    }

    private (string Source, string? Kernel, IReadOnlyList<Unavailable> Unavailable) Watchers(DateTimeOffset start, DateTimeOffset end)
    {
        using SqliteCommand command = Command("SELECT source, kernel, unavailable FROM runs WHERE start <= $1 AND end >= $2 ORDER BY id DESC", Moment.Of(end), Moment.Of(start));
        using SqliteDataReader row = command.ExecuteReader();
        (string Source, string? Kernel)? last = null;
        List<Unavailable> unavailable = [];
        while (row.Read())
        {
            last ??= (row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1));
            unavailable.AddRange(Packed.Read((byte[])row[2], HistoryJson.Default.UnavailableArray).Except(unavailable));
        }
        return (last?.Source ?? "history", last?.Kernel, unavailable);
    }

    private static List<Gap> GapsBetween(List<Point> points)
    {
        List<Gap> gaps = [];
        for (int i = 1; i < points.Count; i++)
        {
            if (points[i].Start - points[i - 1].End > ShortestGap)
                gaps.Add(new Gap(points[i - 1].End, points[i].Start));
        }
        return [.. gaps.OrderByDescending(gap => gap.Length).Take(10)];
    }

    private void AddNear(SortedSet<long> ids, string what, long at, long far, object value)
    {
        foreach ((string bound, string order) in (ReadOnlySpan<(string, string)>)[("time <= $1 AND time >= $2", "DESC"), ("time > $1 AND time <= $2", "ASC")])
        {
            using SqliteCommand command = Command($"SELECT id FROM failures WHERE {what} AND {bound} ORDER BY time {order} LIMIT 500", at, order == "DESC" ? at - far : Math.Min(at, long.MaxValue - far) + far, value);
            using SqliteDataReader row = command.ExecuteReader();
            while (row.Read())
                ids.Add(row.GetInt64(0));
        }
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        SqliteCommand command = _database.CreateCommand();
#pragma warning disable CA2100 // all of it stands in this program
        command.CommandText = sql;
#pragma warning restore CA2100
        for (int i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"${i + 1}", values[i]);
        return command;
    }

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SqliteException error)
        {
            throw Database.Told(_path, error);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or InvalidOperationException or InvalidCastException)
        {
            // The last two: a row without what no row of ours lacks.
            throw new ToolException($"history {_path} is damaged ({damaged.Message}): move it away, or name another with --history", ExitCode.Storage);
        }
    }
}
