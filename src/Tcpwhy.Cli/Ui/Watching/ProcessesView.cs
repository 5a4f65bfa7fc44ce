using Tcpwhy.Pools;
using Tcpwhy.Readings;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>Processes by their connections, and the pools of each with what is true of them.</summary>
internal static class ProcessesView
{
    public static void Draw(WatchData data, ViewState state, CellBuffer cells, int top, int end, Screen words)
    {
        state.Has(data.Pools.Count);
        int half = top + Math.Min(((end - top) / 2) - 1, (data.Reading?.Processes.Count ?? 0) + 2);
        cells.Put(0, top, words.T("Processes"), Ink.Bold);
        Grid processes = new(
            new GridColumn(words.T("process"), Least: 10),
            new GridColumn(words.T("connections"), IsNumber: true),
            new GridColumn("established", IsNumber: true),
            new GridColumn("close-wait", IsNumber: true),
            new GridColumn(words.T("container")) { Stretches = true });
        foreach (ProcessCount one in data.Reading?.Processes ?? [])
        {
            processes.Add(one.CloseWait * 2 > one.Count && one.CloseWait > 10 ? Ink.Yellow : Ink.Plain, SummaryText.Name(one.Process), Measure.Number(one.Count),
                Measure.Number(one.Established), Measure.Number(one.CloseWait), one.Process.Container ?? "");
        }
        int y = processes.Draw(cells, top + 1, half);
        int x = cells.Put(0, y + 1, words.T("Pools"), Ink.Bold);
        if (data.Pools.Count == 0)
        {
            cells.Put(x + 2, y + 1, words.T("no outgoing connections so far"), Ink.Dim);
            return;
        }
        cells.Put(x + 2, y + 1, words.T("watched for {0}", Measure.Of(data.Pools[0].Pool.Window)), Ink.Dim);
        Grid pools = new(
            new GridColumn(""),
            new GridColumn(words.T("process"), Least: 10),
            new GridColumn(words.T("destination"), Least: 12),
            new GridColumn(words.T("now"), IsNumber: true),
            new GridColumn(words.T("peak"), IsNumber: true),
            new GridColumn("close-wait", IsNumber: true),
            new GridColumn(words.T("verdict"), Least: 8) { Stretches = true });
        foreach (JudgedPool one in data.Pools)
        {
            bool healthy = one.First.Verdict == PoolVerdict.Healthy;
            (string mark, Ink ink) = healthy ? ("✓", Ink.Plain) : FailuresView.Mark(one.First.Severity);
            pools.Add(ink, mark, one.Pool.Process is { } process ? SummaryText.Name(process) : words.T("a process not known"), one.Pool.Destination.ToString(),
                Measure.Number(one.Pool.Size.Now), Measure.Number(one.Pool.Size.Peak), Measure.Number(one.Pool.Waiting.Count), PoolWords.Code(one.First.Verdict));
        }
        pools.Draw(cells, y + 2, end, state.Selected);
    }
}
