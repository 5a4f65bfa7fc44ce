using Tcpwhy.Probing;

namespace Tcpwhy.Cli.Ui;

/// <summary>A probed connection's socket: its options as the kernel accepted them, and what TCP_INFO says of it.</summary>
internal static class ProbeSocketText
{
    public static void Write(Attempt attempt, Screen screen, bool verbose)
    {
        if (attempt is not { Options: { } options, Socket: { } socket })
            return;
        screen.Line(new Piece(screen.T("Socket, as the kernel had it"), Ink.Bold), $"  {attempt.Local} → {attempt.Remote}");
        Table table = new(Ink.Plain, Ink.Plain);
        table.Add("SO_REUSEADDR", OnOff(options.ReuseAddress, screen));
        table.Add("TCP_NODELAY", OnOff(options.NoDelay, screen));
        table.Add("SO_KEEPALIVE", options.KeepAlive
            ? screen.T("on: after {0} of silence, every {1}, {2} probes", $"{options.KeepAliveIdleSeconds} s", $"{options.KeepAliveIntervalSeconds} s", options.KeepAliveProbes)
            : OnOff(false, screen));
        table.Add("TCP_USER_TIMEOUT", options.UserTimeoutMilliseconds == 0 ? screen.T("none") : Measure.Of(TimeSpan.FromMilliseconds(options.UserTimeoutMilliseconds)));
        table.Add("TCP_MAXSEG", $"{options.MaxSegmentBytes} B");
        table.Add(screen.T("buffers"), screen.T("send {0}, receive {1}", Measure.Bytes(options.SendBufferBytes), Measure.Bytes(options.ReceiveBufferBytes)));
        table.Add(screen.T("congestion control"), options.CongestionControl);
        table.Add("TCP_INFO", screen.T("{0}, RTT {1}, {2} retransmits, window {3} segments, receive space {4}", SocketWords.Of(socket.State).Replace('_', '-'),
            Measure.Of(socket.Rtt), Measure.Number(socket.Retransmits), socket.CongestionWindowSegments, Measure.Bytes(socket.ReceiveSpaceBytes)));
        table.Write(screen, 2);
        if (verbose)
            Fields(socket, screen);
    }

    private static void Fields(SocketReading socket, Screen screen)
    {
        screen.Blank();
        screen.Line(new Piece("TCP_INFO", Ink.Bold));
        Table table = new(Ink.Plain, Ink.Plain) { RightAligned = 1 };
        table.Add("state", SocketWords.Of(socket.State));
        table.Add("ca_state", SocketWords.CongestionState(socket.CongestionState));
        table.Add("options", string.Join(',', SocketWords.OptionsOf(socket.Options)));
        foreach ((string name, ulong? value) in socket.Fields)
            table.Add(name, value?.ToString("N0") ?? "–");
        table.Write(screen, 2);
    }

    private static string OnOff(bool on, Screen screen) => on ? screen.T("on") : screen.T("off");
}
