using Tcpwhy.Readings;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>Listeners with their accept queues.</summary>
internal static class ListenersView
{
    private const int Bar = 10;

    public static void Draw(WatchData data, ViewState state, CellBuffer cells, int top, int end, Screen words)
    {
        IReadOnlyList<ListenerReading> listeners = data.Reading?.Listeners ?? [];
        state.Has(listeners.Count);
        cells.Put(0, top, words.Count(data.Reading?.ListenerCount ?? 0, "{0} listener, the fullest queue first", "{0} listeners, the fullest queue first"), Ink.Dim);
        Grid grid = new(
            new GridColumn(words.T("local"), Least: 12),
            new GridColumn(words.T("queue")),
            new GridColumn(words.T("waiting"), IsNumber: true),
            new GridColumn(words.T("backlog"), IsNumber: true),
            new GridColumn(words.T("dropped"), IsNumber: true),
            new GridColumn(words.T("connections"), IsNumber: true),
            new GridColumn(words.T("process"), Least: 8) { Stretches = true });
        foreach (ListenerReading one in listeners)
        {
            Ink ink = one.Share >= 1 ? Ink.Red : one.Share >= 0.8 ? Ink.Yellow : Ink.Plain;
            grid.Add(ink, one.Local.ToString(), Bars.Of(one.Share, Bar), Measure.Number(one.Waiting), Measure.Number(one.Backlog),
                Measure.Number(one.Drops), Measure.Number(one.Connections), one.Process is { } process ? SummaryText.Name(process) : "");
        }
        grid.Draw(cells, top + 1, end, listeners.Count == 0 ? -1 : state.Selected);
    }
}
