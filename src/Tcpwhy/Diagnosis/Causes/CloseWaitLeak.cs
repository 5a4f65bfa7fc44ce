using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A program never closes connections that its peers have closed long ago.</summary>
public sealed class CloseWaitLeak : Cause
{
    /// <summary>A server reads the end of a connection as soon as it comes round; a client's pool may not look until the next request.</summary>
    private static readonly TimeSpan ServerAge = TimeSpan.FromSeconds(3), ClientAge = TimeSpan.FromSeconds(60);

    public override string Id => "close-wait-leak";

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Waiting is not { State: TcpState.CloseWait } waiting)
            return null;
        bool client = waiting.Opener == Opener.Local;
        if (waiting.Oldest < (client ? ClientAge : ServerAge) || waiting.Settled < (client ? 5 : 3))
            return null;
        bool old = waiting.Oldest >= TimeSpan.FromSeconds(30);
        bool many = waiting.Settled >= 20;
        bool spread = waiting.Oldest - waiting.Youngest > TimeSpan.FromSeconds(1);
        return new Verdict(this, broken)
            .For(0.75, true, "sockets in CLOSE_WAIT", $"{waiting.Settled}", "inet_diag")
            .For(0.3, true, "the oldest since", Phrases.Duration(waiting.Oldest), "tcp_info")
            .For(0.4, old, "far longer than any answer takes", Phrases.Duration(waiting.Oldest), "tcp_info")
            .For(0.3, many, "many", $"{waiting.Settled}", "inet_diag")
            .For(0.2, spread, "they piled up over", Phrases.Duration(waiting.Oldest - waiting.Youngest), "tcp_info")
            .Weighs(Severity.Warning)
            .Blames(client ? Fault.Client : Fault.Server, toldByClient: client)
            .Tells("owner", waiting.Process is { } process ? Phrases.Process(process) : $"{waiting.Local}")
            .Tells("peer", client ? $"{waiting.Remote}" : $"{waiting.Remote.Address}")
            .Tells("oldest", Phrases.Duration(waiting.Oldest))
            .Remedy("application", "close-on-eof")
            .Remedy("application", "dispose-response")
            .Remedy("application", "restart")
            .SettleBy("longer", !old);
    }
}
