using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Ui;

/// <summary>What a comparison of two windows proves, for a person.</summary>
internal static class ComparisonText
{
    public static void Write(WindowComparison comparison, Screen screen)
    {
        RateComparison all = comparison.Overall;
        screen.Paragraph(0, all.Verdict switch
        {
            RateVerdict.Better => new Piece(screen.T("Better: failures became rarer."), Ink.Green),
            RateVerdict.Worse => new Piece(screen.T("Worse: failures became more frequent."), Ink.Red),
            _ => new Piece(screen.T("Not enough data to tell better from worse."), Ink.Yellow),
        });
        screen.Paragraph(2, screen.T("before: {0}; after: {1}",
            Counted(comparison.PerAttempt, all.FailuresBefore, all.ExposureBefore, screen), Counted(comparison.PerAttempt, all.FailuresAfter, all.ExposureAfter, screen)));
        Table table = new(Ink.Plain, Ink.Plain, Ink.Plain, Ink.Dim);
        table.Add("", screen.T("before"), screen.T("after"), screen.T("rate after / before (95 %)"));
        Add(screen.T("all failures"), all);
        foreach (CauseComparison cause in comparison.Causes)
            Add(cause.Cause, cause.Rates);
        table.Write(screen, 2);

        void Add(string name, RateComparison rates) =>
            table.Add(name, Measure.Number(rates.FailuresBefore), Measure.Number(rates.FailuresAfter), Interval(rates));
    }

    private static string Counted(bool perAttempt, long failures, double exposure, Screen screen) =>
        perAttempt ? screen.T("{0} of {1} attempts", Measure.Number(failures), Measure.Number((long)exposure)) : screen.T("{0} in {1} s", Measure.Number(failures), $"{exposure:0.0}");

    private static string Interval(RateComparison rates) =>
        $"{(rates.Ratio is { } ratio ? $"{ratio:0.00} " : "")}({rates.Low:0.00}–{(double.IsInfinity(rates.High) ? "∞" : $"{rates.High:0.00}")})";
}
