using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>How ends, times and sizes are named in the facts of a finding; the same in every language.</summary>
internal static class Phrases
{
    /// <summary>A process that stands for itself and <paramref name="more"/> of its name.</summary>
    public static string Process(ProcessInfo process, int more = 0) => more == 0 ? $"{process.Comm} (pid {process.Pid})" : $"{process.Comm} (pid {process.Pid}, +{more})";

    public static string Client(Case broken) =>
        (broken.Client?.Process ?? broken.LivingClient?.Process ?? broken.Call?.Process ?? (broken.Waiting is { Opener: Opener.Local } own ? own.Process : null) ?? (broken.Flow is { Opener: Opener.Local } flow ? flow.Process : null)) is { } process
            ? Process(process) : $"{broken.ClientEndpoint.Address}";

    public static string Server(Case broken) =>
        (broken.Server?.Process ?? broken.LivingServer?.Process ?? broken.QueueFull?.Process ?? broken.HalfOpenFull?.Process ?? broken.SynAck?.Process ?? broken.Starved?.Process ?? (broken.Waiting is { Opener: not Opener.Local } own ? own.Process : null) ?? (broken.Flow is { Opener: not Opener.Local } flow ? flow.Process : null)) is { } process
            ? Process(process) : $"{broken.ServerEndpoint}";

    public static string End(Case broken, ConnectionEnd end) => ReferenceEquals(end, broken.Client) ? Client(broken) : Server(broken);

    public static string OtherEnd(Case broken, ConnectionEnd end) => ReferenceEquals(end, broken.Client) ? Server(broken) : Client(broken);

    /// <summary>A state as the kernel spells it, as CLOSE_WAIT.</summary>
    public static string State(TcpState state) => state switch
    {
        TcpState.SynSent => "SYN_SENT",
        TcpState.SynReceived or TcpState.NewSynReceived => "SYN_RECV",
        TcpState.FinWait1 => "FIN_WAIT1",
        TcpState.FinWait2 => "FIN_WAIT2",
        TcpState.TimeWait => "TIME_WAIT",
        TcpState.CloseWait => "CLOSE_WAIT",
        TcpState.LastAck => "LAST_ACK",
        _ => state.ToString().ToUpperInvariant(),
    };

    /// <summary>What ICMP destination unreachable says by its code (RFC 792, 1122 and 1812), in the words of iptables and nft.</summary>
    public static string Unreachable(int code) => code switch
    {
        0 or 6 => "net-unreachable",
        1 or 7 or 8 => "host-unreachable",
        2 => "prot-unreachable",
        3 => "port-unreachable",
        9 => "net-prohibited",
        10 => "host-prohibited",
        13 => "admin-prohibited",
        _ => $"code {code}",
    };

    /// <summary>Flags as a packet trace shows them, as SYN+ACK.</summary>
    public static string Flags(TcpFlags flags) => flags.ToString().ToUpperInvariant().Replace(", ", "+", StringComparison.Ordinal);

    /// <summary>Three digits at most: 180 us, 2.1 ms, 3.2 s, 12 min.</summary>
    public static string Duration(TimeSpan time) => time.TotalSeconds switch
    {
        < 0.001 => $"{time.TotalMicroseconds:0} us",
        < 0.01 => $"{time.TotalMilliseconds:0.#} ms",
        < 1 => $"{time.TotalMilliseconds:0} ms",
        < 10 => $"{time.TotalSeconds:0.#} s",
        < 120 => $"{time.TotalSeconds:0} s",
        < 7200 => $"{time.TotalMinutes:0} min",
        _ => $"{time.TotalHours:0.#} h",
    };

    public static string Bytes(long bytes) => $"{bytes:#,##0}";
}
