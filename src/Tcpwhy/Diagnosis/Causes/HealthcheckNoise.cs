using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>Somebody connects, says nothing and resets: a layer-4 health check.</summary>
public sealed class HealthcheckNoise : Cause
{
    public override string Id => "healthcheck-noise";
    public override bool IsNormal => true;
    public override IReadOnlyList<string> YieldsTo => ["port-scan-noise"];

    public override Verdict? Judge(Case broken, World world)
    {
        ConnectionEnd? client = broken.Client, server = broken.Server;
        bool aborted = client is { Aborted: true, Exiting: false, Sample: { BytesSent: 0, DataSegmentsOut: 0 } };
        bool hit = client is null && server is { Received: not null, State: TcpState.Established or TcpState.SynReceived, Silent: true };
        if (!aborted && !hit || MptcpSubflowReset.Reset(broken) is not null || (client ?? server) is { Sample.Subflow: true } || (client ?? server)!.Sample?.Age > TimeSpan.FromSeconds(10))
            return null;
        return new Verdict(this, broken)
            .For(0.8, aborted, "client closed without a word", client?.Sent?.Reason ?? "", "tcp:tcp_send_reset")
            .For(0.6, hit, "reset before the first byte", "received", "tcp:tcp_receive_reset")
            .For(0.5, client is { Sample.LingerZero: true }, "SO_LINGER of the checker", "on, 0 s", "tcp_sock")
            .Weighs(Severity.Info)
            .Blames(Fault.Unknown, toldByClient: client is not null)
            .Tells("checker", Phrases.Client(broken))
            .Remedy("load-balancer", "leave-alone")
            .Remedy("load-balancer", "clean-check")
            .SettleBy("longer", hit);
    }
}
