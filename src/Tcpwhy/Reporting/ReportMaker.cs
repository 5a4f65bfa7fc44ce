using Tcpwhy.Alerting;
using Tcpwhy.History;
using Tcpwhy.Model;
using Tcpwhy.Patterns;
using Tcpwhy.Readings;

namespace Tcpwhy.Reporting;

/// <summary>Makes a report of what was gathered: a pure function.</summary>
public static class ReportMaker
{
    /// <summary>A report on points, which stand in the order of their time, with what broke one by one.</summary>
    /// <param name="verdicts">The verdict of each connection that broke; normal life is passed over.</param>
    /// <param name="roundTrips">Round trips at the end of some of the points, by that time.</param>
    public static Report Of(ReportKind kind, Answer answer, IReadOnlyList<Point> points, IReadOnlyList<Finding> verdicts, IReadOnlyDictionary<DateTimeOffset, RoundTrips> roundTrips, IReadOnlyList<AlertChange> alerts, Thresholds thresholds)
    {
        List<Finding> broken = [.. verdicts.Where(one => one.Severity > Severity.Info)];
        // The first tick comes at once and stands for no time.
        List<Point> spans = [.. points.Where(point => point.End > point.Start)];
        List<Series> series = ReportSeries.Of(points, spans, roundTrips);
        return new Report
        {
            Kind = kind,
            Host = Environment.MachineName,
            Answer = answer,
            Points = points.Sum(point => point.Readings),
            Slots = [.. Chunks(spans).Select(part => Slot(part, roundTrips))],
            Extents = points.Count == 0 ? new Dictionary<string, Extent>() : Point.Over(points).Values,
            Last = points.Count == 0 ? null : points[^1].Last,
            Retransmits = points.Sum(point => point.Retransmits),
            Warnings = points.Count == 0 ? [] : Readings.Warnings.Of(points[^1].Last, thresholds),
            Alerts = alerts,
            Series = series,
            Patterns = PatternFinder.Find(series, ReportFailures.Of(answer, points, broken)),
            RoundTrips = points.Count > 0 && roundTrips.TryGetValue(points[^1].End, out RoundTrips last) ? last : null,
        };
    }

    /// <summary>A report on events alone, as a recording has them.</summary>
    public static Report Of(Answer answer, string? host, IReadOnlyList<Finding> verdicts, IReadOnlyList<TrafficCounted> traffic)
    {
        List<Finding> broken = [.. verdicts.Where(one => one.Severity > Severity.Info)];
        TimeSpan width = TimeSpan.FromTicks(Math.Max((answer.End - answer.Start).Ticks / ReportSlot.Most, TimeSpan.TicksPerSecond));
        List<ReportSlot> slots = [];
        for (DateTimeOffset start = answer.Start; start <= answer.End && slots.Count <= ReportSlot.Most; start += width)
        {
            DateTimeOffset from = start, end = start + width;
            List<Finding> inside = [.. broken.Where(one => one.First >= from && one.First < end)];
            List<TrafficCounted> counted = [.. traffic.Where(one => one.Time >= from && one.Time < end)];
            slots.Add(new ReportSlot(from, end < answer.End ? end : answer.End)
            {
                FailuresByCause = inside.GroupBy(one => one.Cause, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum(one => (long)one.Count)),
                Failed = inside.Sum(one => (long)one.Count),
                Opened = counted.Sum(one => one.Opened + one.Accepted),
                ClosedNormally = counted.Sum(one => one.ClosedNormally),
            });
        }
        List<Series> series = [new("failed connections", [.. slots.Select(slot => new SeriesPoint(slot.Start, slot.Failed))])];
        if (traffic.Count > 0)
            series.Add(new Series("connections opened", [.. slots.Select(slot => new SeriesPoint(slot.Start, slot.Opened))]));
        return new Report
        {
            Kind = ReportKind.Recording,
            Host = host,
            Answer = answer,
            Points = traffic.Count,
            Slots = slots,
            Retransmits = traffic.Sum(one => one.Retransmits),
            Series = series,
            Patterns = PatternFinder.Find(series, ReportFailures.Of(answer, [], broken)),
        };
    }

    private static IEnumerable<List<Point>> Chunks(List<Point> points)
    {
        int size = (points.Count + ReportSlot.Most - 1) / ReportSlot.Most;
        return points.Count == 0 ? [] : points.Chunk(size).Select(part => part.ToList());
    }

    private static ReportSlot Slot(List<Point> part, IReadOnlyDictionary<DateTimeOffset, RoundTrips> roundTrips)
    {
        Point whole = part.Count == 1 ? part[0] : Point.Over(part);
        return new ReportSlot(whole.Start, whole.End)
        {
            Values = whole.Values.ToDictionary(entry => entry.Key, entry => entry.Value.Mean),
            FailuresByCause = whole.FailuresByCause,
            Opened = whole.Opened,
            ClosedNormally = whole.ClosedNormally,
            Failed = whole.Failed,
            RoundTrips = roundTrips.TryGetValue(whole.End, out RoundTrips times) ? times : null,
        };
    }
}
