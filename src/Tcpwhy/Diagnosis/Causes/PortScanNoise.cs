using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>One source tries many closed ports of a host: it is looking around, not working.</summary>
public sealed class PortScanNoise : Cause
{
    public override string Id => "port-scan-noise";
    public override bool IsNormal => true;

    public override Verdict? Judge(Case broken, World world)
    {
        int ports = world.RefusedPorts(broken.ClientEndpoint.Address, broken.ServerEndpoint.Address);
        if (ports < World.ScanPorts || Refusals.Of(broken) is null)
            return null;
        return new Verdict(this, broken)
            .For(0.9, true, "ports that refused this source", $"{ports}", "tcp:tcp_send_reset")
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
