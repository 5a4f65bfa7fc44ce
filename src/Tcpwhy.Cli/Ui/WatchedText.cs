using Tcpwhy.Model;

namespace Tcpwhy.Cli.Ui;

/// <summary>The end of an answer: what was watched, how completely, and what watching cost.</summary>
internal static class WatchedText
{
    public static void Write(Answer answer, Screen screen)
    {
        double seconds = (answer.End - answer.Start).TotalSeconds;
        Table table = new(Ink.Dim, Ink.Plain);
        string source = answer.Kernel is { } kernel ? screen.T("{0} on Linux {1}", answer.Source, kernel) : answer.Source;
        table.Add(screen.T("watched"), screen.T("{0}, {1} to {2} UTC, {3}", Measure.Of(answer.End - answer.Start),
            $"{Measure.Date(answer.Start)} {Measure.Seconds(answer.Start)}", Measure.Seconds(answer.End), source));
        table.Add(screen.T("connections"), screen.T("{0} opened, {1} closed normally, {2} failed",
            Measure.Number(answer.Opened), Measure.Number(answer.ClosedNormally), Measure.Number(answer.Failed)));
        table.Add(screen.T("events"), answer.Lost == 0
            ? screen.T("{0}, none lost", Measure.Number(answer.Events))
            : screen.T("{0}, and {1} lost: something may have gone unseen", Measure.Number(answer.Events), Measure.Number(answer.Lost)));
        string share = seconds > 0 ? $" ({answer.CpuSeconds / seconds * 100:0.0} %)" : "";
        table.Add(screen.T("own cost"), screen.T("{0} s of one CPU{1}, {2} of memory at most",
            answer.CpuSeconds.ToString("0.00"), share, Measure.Bytes(answer.PeakMemoryBytes)));
        foreach (string note in answer.Notes)
            table.Add(screen.T("note"), screen.T(note));
        foreach ((string causes, string needs) in ByNeed(answer.Unavailable))
            table.Add(screen.T("cannot tell"), screen.T("{0} (needs {1})", causes, screen.T(needs)));
        table.Write(screen, 0);
    }

    // Many causes often lack the same one thing, which is the news.
    private static List<(string Causes, string Needs)> ByNeed(IReadOnlyList<Unavailable> unavailable)
    {
        List<(string Causes, string Needs)> grouped = [];
        foreach (Unavailable cause in unavailable)
        {
            int same = grouped.FindIndex(group => group.Needs == cause.Needs);
            if (same < 0)
                grouped.Add((cause.Cause, cause.Needs));
            else
                grouped[same] = ($"{grouped[same].Causes}, {cause.Cause}", cause.Needs);
        }
        return grouped;
    }
}
