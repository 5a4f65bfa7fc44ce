using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>The table of connections, in the chosen order.</summary>
internal static class ConnectionsView
{
    // A timer's row would move the others' columns each second.
    private static readonly string[] LeftOut = ["timer"];

    public static void Draw(WatchData data, ViewState state, CellBuffer cells, int top, int end, Screen words)
    {
        state.Has(data.Sockets.Count);
        string order = words.T("by {0}", Name(state.Order, words)) + (state.Ascending ? " ↑" : " ↓");
        string count = data.SocketTotal > data.Sockets.Count
            ? words.T("{0} of {1}", Measure.Number(data.Sockets.Count), Measure.Number(data.SocketTotal)) : words.Count(data.SocketTotal, "{0} connection", "{0} connections");
        int x = cells.Put(0, top, count, Ink.Bold);
        x = cells.Put(x, top, " " + order, Ink.Dim);
        if (state.FilterText.Length > 0)
            cells.Put(x + 2, top, words.T("filter") + ": " + state.FilterText, Ink.Cyan);
        SocketColumn[] columns = Array.FindAll(SocketColumn.For(cells.Width), column => !LeftOut.Contains(column.Title));
        Grid grid = new(Array.ConvertAll(columns, column => new GridColumn(words.T(column.Title), column.Least, column.IsNumber)));
        // Rows that are not seen decide no width.
        int room = end - top - 2, first = Math.Clamp(state.Selected - (room / 2), 0, Math.Max(data.Sockets.Count - room, 0));
        foreach (KeptSocket socket in data.Sockets.Skip(first).Take(Math.Max(room, 0)))
            grid.Add(Ink.Plain, Array.ConvertAll(columns, column => column.Cell(socket.View)));
        grid.Draw(cells, top + 1, end, data.Sockets.Count == 0 ? -1 : state.Selected - first);
    }

    private static string Name(SocketOrder order, Screen words) => order switch
    {
        SocketOrder.Trouble => words.T("trouble"),
        SocketOrder.Queues => words.T("queues"),
        SocketOrder.Retransmits => words.T("retransmits"),
        SocketOrder.Rtt => words.T("round-trip time"),
        SocketOrder.State => words.T("state"),
        SocketOrder.Local => words.T("local"),
        SocketOrder.Peer => words.T("peer"),
        _ => words.T("process"),
    };
}
