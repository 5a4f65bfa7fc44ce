using Tcpwhy.History;
using Tcpwhy.Patterns;

namespace Tcpwhy.Reporting;

/// <summary>The series of a report in which patterns are looked for: few, since each costs the others some of their sharpness.</summary>
internal static class ReportSeries
{
    private static readonly (string Value, string Name, double Unit)[] Read =
    [
        ("connections", "connections", 1),
        ("state.time_wait", "sockets in TIME_WAIT", 1),
        ("state.close_wait", "sockets in CLOSE_WAIT", 1),
        ("opened_per_second", "new connections a second", 1),
        ("retransmit_share", "percent of segments sent again", 100),
    ];

    /// <param name="spans">Those of the points that stand for some time.</param>
    public static List<Series> Of(IReadOnlyList<Point> points, IReadOnlyList<Point> spans, IReadOnlyDictionary<DateTimeOffset, RoundTrips> roundTrips)
    {
        List<Series> series = [];
        foreach ((string value, string name, double unit) in Read)
        {
            SeriesPoint[] values = [.. points.Where(point => point.Values.ContainsKey(value)).Select(point => new SeriesPoint(point.End, point.Values[value].Mean * unit))];
            if (values.Length > 0)
                series.Add(new Series(name, values));
        }
        if (spans.Count > 0)
            series.Add(new Series("failed connections a second", [.. spans.Where(point => point.Watched > TimeSpan.Zero).Select(point => new SeriesPoint(point.End, point.Failed / point.Watched.TotalSeconds))]));
        if (roundTrips.Count > 0)
            series.Add(new Series("median round trip in milliseconds", [.. roundTrips.OrderBy(one => one.Key).Select(one => new SeriesPoint(one.Key, one.Value.P50.TotalMilliseconds))]));
        return series;
    }
}
