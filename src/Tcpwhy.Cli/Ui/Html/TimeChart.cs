using System.Text;
using Tcpwhy.Cli.Ui.Json;
using static Tcpwhy.Cli.Ui.Html.HtmlWriter;

namespace Tcpwhy.Cli.Ui.Html;

/// <summary>How a chart over time is drawn.</summary>
internal enum TimeChartKind
{
    /// <summary>Areas upon each other.</summary>
    Areas,

    /// <summary>Bars upon each other.</summary>
    Bars,

    Lines,
}

/// <summary>One quantity of a chart.</summary>
/// <param name="Class">Its colour: c1 to c8.</param>
/// <param name="Path">Where the JSON report has its value in a slot.</param>
internal sealed record Curve(string Name, string Class, IReadOnlyList<double?> Values, string Path);

/// <summary>A chart over time as inline SVG that stretches with the page while its words do not, with a legend, and a table for those who cannot see it.</summary>
internal sealed class TimeChart(HtmlWriter page, Screen screen, IReadOnlyList<SlotJson> slots)
{
    private const double Width = 1000, Height = 240;

    public required string Title { get; init; }
    public required TimeChartKind Kind { get; init; }
    public required IReadOnlyList<Curve> Curves { get; init; }

    /// <summary>How a value is written.</summary>
    public required Func<double, string> Write { get; init; }

    /// <summary>Whether the values are counts.</summary>
    public bool Whole { get; init; } = true;

    public void Draw()
    {
        bool stacked = Kind != TimeChartKind.Lines;
        Scale scale = Scale.For(Enumerable.Range(0, slots.Count).Select(i => stacked ? Curves.Sum(curve => curve.Values[i] ?? 0) : Curves.Max(curve => curve.Values[i] ?? 0)).DefaultIfEmpty().Max(), Whole);
        page.Open("figure", "chart").Element("figcaption", Title);
        page.Open("div", "plot").Open("div", ("class", "y"), ("aria-hidden", "true"));
        foreach (double line in scale.Lines())
            page.Element("span", Write(line));
        page.Close();
        page.Open("svg", ("viewBox", $"0 0 {Coordinate(Width)} {Coordinate(Height)}"), ("preserveAspectRatio", "none"), ("role", "img"), ("aria-label", Spoken()));
        for (int part = 0; part <= Scale.Parts; part++)
        {
            string y = Coordinate(Height * part / Scale.Parts);
            page.Element("line", "", ("class", part == Scale.Parts ? "axis" : "grid"), ("x1", "0"), ("x2", Coordinate(Width)), ("y1", y), ("y2", y));
        }
        double[] below = new double[slots.Count];
        foreach (Curve curve in Curves)
        {
            if (Kind == TimeChartKind.Lines)
                page.Element("path", "", ("class", $"line {curve.Class}"), ("d", Line(curve, scale)));
            else if (Kind == TimeChartKind.Areas)
                page.Element("path", "", ("class", $"area {curve.Class}"), ("d", Area(curve, below, scale)));
            else
                Bars(curve, below, scale);
        }
        Hints();
        page.Close();
        Times();
        page.Close();
        Legend();
        Table();
        page.Close();
    }

    private double Left(int slot) => Width * slot / slots.Count;

    private double Middle(int slot) => Left(slot) + (Width / slots.Count / 2);

    private static double Y(double value, Scale scale) => Height - (Height * value / scale.Top);

    private string Line(Curve curve, Scale scale)
    {
        StringBuilder path = new();
        bool pen = false;
        for (int i = 0; i < slots.Count; i++)
        {
            if (curve.Values[i] is not { } value)
            {
                pen = false;
                continue;
            }
            path.Append(pen ? 'L' : 'M').Append(Coordinate(Middle(i))).Append(' ').Append(Coordinate(Y(value, scale)));
            // A point alone would be no line.
            if (!pen && (i + 1 == slots.Count || curve.Values[i + 1] is null))
                path.Append("h2");
            pen = true;
        }
        return path.ToString();
    }

    private string Area(Curve curve, double[] below, Scale scale)
    {
        StringBuilder top = new(), back = new();
        for (int i = 0; i < slots.Count; i++)
        {
            double x = slots.Count == 1 ? 0 : Width * i / (slots.Count - 1), from = below[i];
            below[i] += curve.Values[i] ?? 0;
            top.Append(i == 0 ? 'M' : 'L').Append(Coordinate(x)).Append(' ').Append(Coordinate(Y(below[i], scale)));
            if (slots.Count == 1)
                top.Append('H').Append(Coordinate(Width));
            back.Insert(0, $"L{Coordinate(x)} {Coordinate(Y(from, scale))}");
            if (slots.Count == 1)
                back.Insert(0, $"L{Coordinate(Width)} {Coordinate(Y(from, scale))}");
        }
        return $"{top}{back}Z";
    }

    private void Bars(Curve curve, double[] below, Scale scale)
    {
        double gap = Math.Min(Width / slots.Count * 0.15, 4);
        for (int i = 0; i < slots.Count; i++)
        {
            double value = curve.Values[i] ?? 0;
            if (value <= 0)
                continue;
            below[i] += value;
            page.Element("rect", "", ("class", $"bar {curve.Class}"), ("x", Coordinate(Left(i) + (gap / 2))), ("width", Coordinate((Width / slots.Count) - gap)),
                ("y", Coordinate(Y(below[i], scale))), ("height", Coordinate(Height * value / scale.Top)));
        }
    }

    // What a pointer that rests on a moment is told: without a script, by the browser itself.
    private void Hints()
    {
        for (int i = 0; i < slots.Count; i++)
        {
            string told = string.Join("\u00a0· ", Curves.Where(curve => curve.Values[i] is not null and not 0).Select(curve => $"{curve.Name} {Write(curve.Values[i]!.Value)}"));
            page.Open("rect", ("class", "hint"), ("x", Coordinate(Left(i))), ("y", "0"), ("width", Coordinate(Width / slots.Count)), ("height", Coordinate(Height)))
                .Element("title", $"{Clock(slots[i].Start)}  {(told.Length == 0 ? "0" : told)}").Close();
        }
    }

    private void Times()
    {
        page.Open("div", ("class", "x"), ("aria-hidden", "true"));
        int marks = Math.Min(slots.Count, 5);
        for (int mark = 0; mark < marks; mark++)
        {
            DateTimeOffset time = slots[0].Start + ((slots[^1].End - slots[0].Start) * mark / Math.Max(marks - 1, 1));
            page.Element("span", Clock(time));
        }
        page.Close();
    }

    private void Legend()
    {
        page.Open("ul", "legend");
        foreach (Curve curve in Curves)
            page.Open("li").Element("i", curve.Class, "").Text(curve.Name).Close();
        page.Close();
    }

    private void Table()
    {
        page.Open("details").Element("summary", screen.T("the numbers as a table"));
        page.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", Title)).Open("table").Open("thead").Open("tr").Element("th", screen.T("time (UTC)"), ("scope", "col"));
        foreach (Curve curve in Curves)
            page.Element("th", curve.Name, ("scope", "col"), ("class", "n"));
        page.Close().Close().Open("tbody");
        for (int i = 0; i < slots.Count; i++)
        {
            page.Open("tr").Element("th", Clock(slots[i].Start), ("scope", "row"));
            foreach (Curve curve in Curves)
            {
                page.Open("td", "n");
                if (curve.Values[i] is { } value)
                    page.Figure(Write(value), value, $"timeline[{i}].{curve.Path}");
                page.Close();
            }
            page.Close();
        }
        page.Close().Close().Close().Close();
    }

    private string Spoken() => screen.T("{0}, {1} to {2} UTC; the numbers stand in the table below", Title, Clock(slots[0].Start), Clock(slots[^1].End));

    private string Clock(DateTimeOffset time) => (slots[^1].End - slots[0].Start).TotalHours > 36 ? $"{time.UtcDateTime:MM-dd HH:mm}" : Measure.Seconds(time);
}
