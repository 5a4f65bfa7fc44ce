using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>The selected thing in full: a connection that broke with its timeline, verdict and fix; a connection with all that the kernel tells of it; a pool.</summary>
internal static class DetailView
{
    private const int Readable = 110;

    public static void Draw(WatchData data, ViewState state, CellBuffer cells, int top, int end, Screen words)
    {
        List<List<Piece>> lines = Page.Of(screen => Write(data, state, screen), Math.Min(cells.Width, Readable), words.Language);
        state.CanScroll(lines.Count - (end - top));
        Page.Draw(cells, lines, state.Scroll, top, end);
    }

    private static void Write(WatchData data, ViewState state, Screen screen)
    {
        if (state.View == View.Failures && data.Causes() is { Count: > 0 } causes)
            Failure(causes[Math.Min(state.Selected, causes.Count - 1)], state, screen);
        else if (state.View == View.Connections && data.Sockets.Count > 0)
            Connection(data.Sockets[Math.Min(state.Selected, data.Sockets.Count - 1)], data, screen);
        else if (state.View == View.Processes && data.Pools.Count > 0)
            PoolText.Write(data.Pools[Math.Min(state.Selected, data.Pools.Count - 1)], screen);
        else
            screen.Line(screen.T("It is gone."));
    }

    private static void Failure(CauseTrack track, ViewState state, Screen screen)
    {
        int example = Math.Min(state.Example, track.Examples.Count - 1);
        screen.Line(new Piece(screen.T("example {0} of the latest {1}, {2} in all", example + 1, track.Examples.Count, Measure.Number(track.Series.Total)), Ink.Dim));
        FindingText.Write(track.Examples[example], screen);
        screen.Blank();
        screen.Line(new Piece(screen.T("More about it: {0}", $"tcpwhy explain {track.Cause}"), Ink.Dim));
    }

    private static void Connection(KeptSocket kept, WatchData data, Screen screen)
    {
        TcpSocket socket = kept.View;
        screen.Line(new Piece($"{Json.Utf8Address.Text(socket.LocalBytes, socket.LocalPort)} → {Json.Utf8Address.Text(socket.RemoteBytes, socket.RemotePort)}", Ink.Bold),
            "  ", SocketWords.Of(socket.State).Replace('_', '-'));
        string owner = socket.Owner is { } process ? Ends.Of(new ProcessInfo(process.Pid, process.Comm) { Container = process.Container }, screen) : screen.T("no process holds it");
        screen.Line(owner);
        if (Verdict(data, socket) is { } verdict)
        {
            screen.Blank();
            FindingText.Write(verdict, screen);
        }
        screen.Blank();
        Blocks blocks = new(screen);
        blocks.Add(screen.T("socket"), Facts(socket));
        if (socket.HasInfo)
        {
            List<(string, string)> all = Numbers(socket);
            int half = (all.Count + 1) / 2;
            blocks.Add("tcp_info", all.Take(half));
            blocks.Add("", all.Skip(half));
        }
        blocks.Write();
    }

    /// <summary>The verdict on the connection, when it has broken.</summary>
    private static Finding? Verdict(WatchData data, TcpSocket socket)
    {
        string local = Json.Utf8Address.Text(socket.LocalBytes, socket.LocalPort), remote = Json.Utf8Address.Text(socket.RemoteBytes, socket.RemotePort);
        foreach (CauseTrack track in data.Causes())
        {
            foreach (Finding finding in track.Examples)
            {
                foreach (Example example in finding.Examples)
                {
                    (string one, string other) = (example.Local.ToString(), example.Remote.ToString());
                    if ((one == local && other == remote) || (one == remote && other == local))
                        return finding;
                }
            }
        }
        return null;
    }

    private static List<(string, string)> Facts(TcpSocket socket)
    {
        List<(string, string)> facts =
        [
            ("recv_queue", Measure.Number(socket.ReceiveQueue)),
            ("send_queue", Measure.Number(socket.SendQueue)),
            ("timer", socket.Timer == SocketTimer.None ? "-" : $"{SocketWords.Of(socket.Timer)} {Measure.Of(TimeSpan.FromMilliseconds(socket.TimerMilliseconds))} ({socket.TimerRetries})"),
            ("keepalive", socket.KeepAlive ? "on" : "off"),
            ("netns", socket.Netns.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("inode", socket.Inode.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("uid", socket.Uid.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("fd", socket.Owner is null ? "-" : socket.Descriptor.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ];
        if (socket.HasInfo)
        {
            SocketMemory memory = socket.Memory;
            facts.Add(("congestion_control", System.Text.Encoding.ASCII.GetString(socket.CongestionControl)));
            facts.Add(("options", string.Join(' ', SocketWords.OptionsOf(socket.Options))));
            facts.Add(("receive_buffer_bytes", Measure.Number(memory.ReceiveBufferBytes)));
            facts.Add(("send_buffer_bytes", Measure.Number(memory.SendBufferBytes)));
            facts.Add(("dropped_packets", Measure.Number(memory.Drops)));
        }
        return facts;
    }

    private static List<(string, string)> Numbers(TcpSocket socket)
    {
        List<(string, string)> numbers = [];
        foreach (TcpInfoField field in TcpInfoField.All)
        {
            ulong value = field.Of(socket);
            if (value != 0)
                numbers.Add((field.Name, value == field.None ? "-" : value.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)));
        }
        return numbers;
    }
}
