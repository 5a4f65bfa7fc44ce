using System.Text;
using Tcpwhy.Patterns;
using static Tcpwhy.Cli.Ui.Html.HtmlWriter;

namespace Tcpwhy.Cli.Ui.Html;

/// <summary>A series as a small line, with what was found in it drawn over it: the trend, the levels, the peaks of a period.</summary>
internal static class Sparkline
{
    private const double Width = 300, Height = 60, Margin = 4;

    public static void Draw(HtmlWriter page, Series series, IReadOnlyList<Pattern> patterns, string spoken)
    {
        SeriesPoint[] points = [.. series.Points.Where(point => double.IsFinite(point.Value)).OrderBy(point => point.Time)];
        page.Open("svg", ("class", "spark"), ("viewBox", $"0 0 {Coordinate(Width)} {Coordinate(Height)}"), ("preserveAspectRatio", "none"), ("role", "img"), ("aria-label", spoken));
        if (points.Length > 1 && points[^1].Time > points[0].Time)
        {
            double low = points.Min(point => point.Value), high = points.Max(point => point.Value);
            DateTimeOffset start = points[0].Time;
            double seconds = (points[^1].Time - start).TotalSeconds;
            double X(DateTimeOffset time) => Math.Clamp((time - start).TotalSeconds / seconds, 0, 1) * Width;
            double Y(double value) => high > low ? Margin + ((Height - (2 * Margin)) * (high - Math.Clamp(value, low, high)) / (high - low)) : Height / 2;

            foreach (Periodic wave in patterns.OfType<Periodic>())
            {
                for (DateTimeOffset peak = wave.Peak; peak <= points[^1].Time; peak += wave.Period)
                    Line(page, "peak", X(peak), 0, X(peak), Height);
            }
            StringBuilder path = new();
            foreach (SeriesPoint point in points)
                path.Append(path.Length == 0 ? 'M' : 'L').Append(Coordinate(X(point.Time))).Append(' ').Append(Coordinate(Y(point.Value)));
            page.Element("path", "", ("class", "line c1"), ("d", path.ToString()));
            foreach (Trend trend in patterns.OfType<Trend>())
                Line(page, "found", 0, Y(trend.From), Width, Y(trend.To));
            LevelShift[] shifts = [.. patterns.OfType<LevelShift>()];
            for (int i = 0; i < shifts.Length; i++)
            {
                double at = X(shifts[i].At), from = i == 0 ? 0 : X(shifts[i - 1].At), to = i + 1 < shifts.Length ? X(shifts[i + 1].At) : Width;
                Line(page, "found", from, Y(shifts[i].Before), at, Y(shifts[i].Before));
                Line(page, "found", at, Y(shifts[i].After), to, Y(shifts[i].After));
            }
        }
        page.Close();
    }

    private static void Line(HtmlWriter page, string classes, double x1, double y1, double x2, double y2) =>
        page.Element("line", "", ("class", classes), ("x1", Coordinate(x1)), ("y1", Coordinate(y1)), ("x2", Coordinate(x2)), ("y2", Coordinate(y2)));
}
