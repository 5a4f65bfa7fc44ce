using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The client's own host knows no way to the address: connect fails before a segment leaves.</summary>
public sealed class NoRouteLocal : Cause
{
    /// <summary>ENETUNREACH: no route; EHOSTUNREACH, EACCES, EINVAL: a route that says unreachable, prohibit, blackhole.</summary>
    private static readonly int[] Routeless = [101, 113, 13, 22];

    public override string Id => "no-route-local";

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Call is not { Call: "connect" } call || Array.IndexOf(Routeless, call.Errno) < 0)
            return null;
        return new Verdict(this, broken)
            .For(0.9, true, "connect failed", $"{Kernel.Errno.Name(call.Errno)} before any SYN", "cgroup/connect4")
            .For(0.5, true, "no route", $"{call.Remote.Address}", "RTM_GETROUTE")
            .Weighs(Severity.Critical)
            .Blames(Fault.Client, toldByClient: true)
            .Tells("error", Kernel.Errno.Name(call.Errno))
            .Tells("destination", $"{call.Remote.Address}")
            .Remedy("network", "add-route")
            .Remedy("network", "interface-up")
            .Remedy("application", "other-family");
    }
}
