using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>Every local port towards one destination is taken: connect fails before any segment leaves.</summary>
public sealed class EphemeralPortExhaustion : Cause
{
    private const int EADDRNOTAVAIL = 99;

    public override string Id => "ephemeral-port-exhaustion";

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Call is not { } call || !IsOutOfPorts(call))
            return null;
        string? range = world.Setting(call.Netns, "net.ipv4.ip_local_port_range");
        string[] limits = range?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];
        int ports = limits.Length == 2 && int.TryParse(limits[0], out int low) && int.TryParse(limits[1], out int high) ? high - low + 1 : 0;
        return new Verdict(this, broken)
            .For(0.9, true, "connect failed", "EADDRNOTAVAIL before any SYN", "sock:inet_sock_set_state")
            .For(0.6, ports > 0, "local ports per destination", $"{ports} ({string.Join('-', limits)})", "net.ipv4.ip_local_port_range")
            .Weighs(Severity.Critical)
            .Blames(Fault.Client, toldByClient: true)
            .Tells("range", limits.Length == 2 ? string.Join('-', limits) : "?")
            .Tells("ports", ports > 0 ? $"{ports:#,##0}" : "?")
            .Remedy("application", "pool")
            .Remedy("sysctl", "port-range", "net.ipv4.ip_local_port_range", range, "10240 65535")
            .Remedy("application", "more-endpoints")
            .Remedy("sysctl", "tw-reuse", "net.ipv4.tcp_tw_reuse", world.Setting(call.Netns, "net.ipv4.tcp_tw_reuse"), "1");
    }

    /// <summary>Whether connect found no local port: one that asked for a port of its own has itself to blame.</summary>
    internal static bool IsOutOfPorts(CallFailed call) => call is { Call: "connect", Errno: EADDRNOTAVAIL, Local.Port: 0 };
}
