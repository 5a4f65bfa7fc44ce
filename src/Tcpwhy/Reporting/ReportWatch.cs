using Tcpwhy.Alerting;
using Tcpwhy.Filtering;
using Tcpwhy.History;
using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Sources;
using Tcpwhy.Watching;

namespace Tcpwhy.Reporting;

/// <summary>Gathers what a report needs: watches this host for a while, takes one reading of it, or plays a recording.</summary>
public static class ReportWatch
{
    /// <summary>Enough for every pattern; a flood of failures need not be held in memory.</summary>
    private const int MostVerdicts = 100_000;

    /// <summary>Reads the host; the round trips of its established connections are added to the list.</summary>
    public delegate Reading Reader(List<TimeSpan> roundTrips);

    /// <summary>Watches until <paramref name="stop"/>; the host is read at every interval.</summary>
    public static Report Window(ISource source, Filter filter, Reader read, AlertPlan plan, TimeSpan interval, Action<Event>? onEvent, TimeProvider time, CancellationToken stop)
    {
        List<Point> points = [];
        List<Finding> verdicts = [];
        List<AlertChange> alerts = [];
        Dictionary<DateTimeOffset, RoundTrips> roundTrips = [];
        AlertEvaluator evaluator = new(plan.Rules, []);
        var watch = new Watching.Watch(source, filter, () => Measured(read, roundTrips), time)
        {
            Interval = interval,
            OnEvent = onEvent,
            OnVerdict = verdicts.Add,
            OnTick = tick =>
            {
                points.Add(Point.Of(tick));
                alerts.AddRange(evaluator.Observe(tick.Reading, tick.Findings));
            },
        };
        Answer answer = watch.Run(stop);
        return ReportMaker.Of(ReportKind.Window, answer, points, verdicts, roundTrips, alerts, plan.Thresholds);
    }

    /// <summary>One reading, at once: no rates, nothing that broke.</summary>
    public static Report Once(Reader read, AlertPlan plan)
    {
        Dictionary<DateTimeOffset, RoundTrips> roundTrips = [];
        Reading reading = Measured(read, roundTrips);
        var answer = new Answer
        {
            Start = reading.Time,
            End = reading.Time,
            Source = reading.Source,
            Unavailable = [],
            Events = 0,
            Lost = 0,
            CpuSeconds = 0,
            PeakMemoryBytes = 0,
            Opened = 0,
            ClosedNormally = 0,
            Failed = 0,
            Findings = [],
        };
        Point point = Point.Of(new Tick { Start = reading.Time, Reading = reading, Findings = [] });
        return ReportMaker.Of(ReportKind.Once, answer, [point], [], roundTrips, [], plan.Thresholds);
    }

    /// <summary>Reports on what an earlier watch kept.</summary>
    /// <param name="note">Adds to the answer what its reader has to know of the window, as gaps.</param>
    /// <exception cref="ToolException">Nothing of that time was recorded, or the file cannot be read.</exception>
    public static Report History(HistoryReader history, DateTimeOffset since, DateTimeOffset until, Filter filter, Thresholds thresholds, Func<HistoryWindow, Answer> note)
    {
        Answer answer = note(history.Window(since, until, filter));
        TimeSpan length = answer.End - answer.Start;
        Resolution resolution = length <= TimeSpan.FromHours(1) ? Resolution.Reading : length <= TimeSpan.FromDays(2) ? Resolution.Minute : Resolution.Hour;
        IReadOnlyList<Point> points = history.Points(answer.Start, answer.End, resolution);
        // Single readings are kept for two days.
        if (points.Count == 0)
            points = history.Points(answer.Start, answer.End, Resolution.Minute);
        List<Finding> verdicts = [];
        history.EachFailure(answer.Start, answer.End, one =>
        {
            if (verdicts.Count < MostVerdicts && filter.Matches(one))
                verdicts.Add(one);
        });
        if (filter != Filter.Everything)
            answer = answer with { Notes = [.. answer.Notes, "the findings are of the connections that the filter takes, the numbers over time of the whole host"] };
        return ReportMaker.Of(ReportKind.History, answer, points, verdicts, new Dictionary<DateTimeOffset, RoundTrips>(), history.Alerts(answer.Start, answer.End), thresholds);
    }

    /// <summary>Judges a recording.</summary>
    public static Report Recording(ISource source, Filter filter, Action<Event>? onEvent, CancellationToken stop)
    {
        List<Finding> verdicts = [];
        List<TrafficCounted> traffic = [];
        Answer answer = Pipeline.Run(
            source,
            filter,
            seen =>
            {
                if (seen is TrafficCounted counted)
                    traffic.Add(counted);
                onEvent?.Invoke(seen);
            },
            null,
            verdict => verdicts.Add(Diagnosis.Findings.Alone(verdict)),
            stop);
        return ReportMaker.Of(answer, (source as RecordingSource)?.Header.Host, verdicts, traffic);
    }

    private static Reading Measured(Reader read, Dictionary<DateTimeOffset, RoundTrips> roundTrips)
    {
        List<TimeSpan> times = [];
        Reading reading = read(times);
        if (RoundTrips.Of(times) is { } measured)
            roundTrips[reading.Time] = measured;
        return reading;
    }
}
