using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Ui;

/// <summary>What states, timers and options of sockets are called, in JSON and, with hyphens, in filters and tables.</summary>
internal static class SocketWords
{
    private static readonly string[] CongestionStates = ["open", "disorder", "cwr", "recovery", "loss"];
    private static readonly string[] Options = ["timestamps", "sack", "window_scale", "ecn", "ecn_seen", "syn_data", "usec_timestamps", "fast_open"];

    public static string Of(TcpState state) => state switch
    {
        TcpState.Established => "established",
        TcpState.SynSent => "syn_sent",
        TcpState.SynReceived or TcpState.NewSynReceived => "syn_received",
        TcpState.FinWait1 => "fin_wait1",
        TcpState.FinWait2 => "fin_wait2",
        TcpState.TimeWait => "time_wait",
        TcpState.Closed => "closed",
        TcpState.CloseWait => "close_wait",
        TcpState.LastAck => "last_ack",
        TcpState.Listen => "listen",
        TcpState.Closing => "closing",
        _ => "unknown",
    };

    public static string Of(SocketTimer timer) => timer switch
    {
        SocketTimer.Retransmit => "retransmit",
        SocketTimer.KeepAlive => "keepalive",
        SocketTimer.TimeWait => "time_wait",
        SocketTimer.Persist => "persist",
        _ => "none",
    };

    public static string CongestionState(int state) => state < CongestionStates.Length ? CongestionStates[state] : "unknown";

    /// <summary>The options whose bits are set.</summary>
    public static IEnumerable<string> OptionsOf(int bits)
    {
        for (int bit = 0; bit < Options.Length; bit++)
        {
            if ((bits >> bit & 1) != 0)
                yield return Options[bit];
        }
    }
}
