using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The listener defers accept until data comes, but the client waits for the server to speak first.</summary>
public sealed class DeferAcceptStall : Cause
{
    public override string Id => "defer-accept-stall";

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.SynAck is not { Deferred: true } late)
            return null;
        // A client that opens ahead of need is silent too, and nobody greets it.
        SocketFound? accepted = broken.Alive.Find(found => found.Local == late.Local && found.Remote == late.Remote);
        bool greeted = accepted?.Sample is { DataSegmentsOut: > 0 };
        return new Verdict(this, broken)
            .For(0.8, true, "final ACK put off", "TCP_DEFER_ACCEPT", "tcp:tcp_retransmit_synack")
            .For(0.8, greeted, "then the server spoke first", $"{Phrases.Bytes(accepted?.Sample?.BytesSent ?? 0)} bytes", "tcp_sock")
            .Against(0.4, !greeted, "the server spoke first", "not seen", "tcp_sock")
            .Weighs(greeted ? Severity.Warning : Severity.Info)
            .Blames(Fault.Server, toldByClient: false)
            .Remedy("application", "no-defer", "TCP_DEFER_ACCEPT", null, "0")
            .Remedy("load-balancer", "listener")
            .SettleBy("protocol", !greeted);
    }
}
