using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>One source tries many closed ports of a host: it is looking around, not working.</summary>
public sealed class PortScanNoise : Cause
{
    public override string Id => "port-scan-noise";
    public override bool IsNormal => true;

    public override Verdict? Judge(Case broken, World world)
    {
        int ports = world.ScannedPorts(broken.ClientEndpoint.Address, broken.ServerEndpoint);
        bool refused = Refusals.Of(broken) is not null, filtered = broken is { Client: { State: TcpState.SynSent, Received: null }, FilteredSyn: not null };
        if (ports < World.ScanPorts || !refused && !filtered)
            return null;
        return new Verdict(this, broken)
            .For(0.9, refused, "ports that refused this source", $"{ports}", broken.ServerRefusal is null ? "tcp:tcp_receive_reset" : "tcp:tcp_send_reset")
            .For(0.9, !refused, "ports that a packet filter keeps from this source", $"{ports}", "skb:kfree_skb")
            .Weighs(Severity.Info)
            .Blames(Fault.Unknown, toldByClient: broken.Client is not null)
            .CoversAllPorts()
            .Tells("scanner", Phrases.Client(broken))
            .Tells("server", $"{broken.ServerEndpoint.Address}")
            .Tells("ports", $"{ports}")
            .Remedy("network", "leave-alone")
            .Remedy("network", "find-scanner")
            .Remedy("firewall", "close-ports");
    }
}
