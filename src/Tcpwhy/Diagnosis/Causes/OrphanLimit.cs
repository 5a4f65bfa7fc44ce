using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The kernel had more closed connections to finish, or less memory for TCP, than its limits allow, and reset one instead of finishing it.</summary>
public sealed class OrphanLimit : Cause
{
    public override string Id => "orphan-limit";

    public override Verdict? Judge(Case broken, World world)
    {
        ConnectionEnd? shed = broken.Ends.FirstOrDefault(end => end.Sent is { Reason: "TCP_ABORT_ON_MEMORY" });
        if (shed is null)
            return null;
        int lost = shed.UndeliveredBytes;
        bool client = ReferenceEquals(shed, broken.Client);
        return new Verdict(this, broken)
            .For(0.95, true, "reset sent", "TCP_ABORT_ON_MEMORY", "tcp:tcp_send_reset")
            .For(0.3, shed.Sample is { Orphaned: true } || shed.State is TcpState.FinWait1 or TcpState.LastAck, "closed by its program, not acknowledged", $"in {Phrases.State(shed.State)}", "tcp_sock")
            .Weighs(lost > 0 ? Severity.Critical : Severity.Warning)
            .Blames(Fault.Host, toldByClient: client)
            .Tells("closer", Phrases.End(broken, shed))
            .Tells("other", Phrases.OtherEnd(broken, shed))
            .Tells("lost", Phrases.Bytes(lost))
            .Remedy("sysctl", "max-orphans", "net.ipv4.tcp_max_orphans")
            .Remedy("sysctl", "tcp-mem", "net.ipv4.tcp_mem")
            .Remedy("load-balancer", "fin-timeouts")
            .SettleBy("sockstat");
    }
}
