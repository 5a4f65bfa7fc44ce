using Tcpwhy.History;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Ui;

/// <summary>What a reader of an answer from history has to know: where it comes from, what was not watched or not kept.</summary>
internal static class HistoryNotes
{
    public static Answer Of(HistoryWindow window, string path, Screen screen)
    {
        Answer answer = window.Answer;
        List<string> notes = [screen.T("from the history in {0}", path)];
        TimeSpan length = answer.End - answer.Start;
        if (window.Gaps.Count > 0 && length - window.Watched > TimeSpan.FromSeconds(2))
        {
            Gap longest = window.Gaps[0];
            notes.Add(screen.T("of these {0}, {1} were watched; nothing is known of {2} to {3} UTC, the longest pause",
                Measure.Of(length), Measure.Of(window.Watched), $"{Measure.Date(longest.Start)} {Measure.Seconds(longest.Start)}", Measure.Seconds(longest.End)));
        }
        if (window.Unkept > 0)
            notes.Add(screen.T("{0} connections that broke are counted and were not kept one by one, for they came too fast", Measure.Number(window.Unkept)));
        return answer with { Notes = [.. answer.Notes, .. notes] };
    }
}
