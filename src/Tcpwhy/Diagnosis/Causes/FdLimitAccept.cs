using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The server is out of descriptors: accept fails while clients wait.</summary>
public sealed class FdLimitAccept : Cause
{
    public override string Id => "fd-limit-accept";

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Starved is not { } starved)
            return null;
        return new Verdict(this, broken)
            .For(0.9, true, "descriptors in use", $"{starved.Descriptors}", starved.OfHost ? "fs.file-nr" : "/proc/PID/fd")
            .For(0.8, true, "connected, and not accepted", $"{starved.Remote}", "inet_diag")
            .For(0.5, starved.UnreadBytes > 0, "bytes that nobody reads", Phrases.Bytes(starved.UnreadBytes), "inet_diag")
            .Weighs(Severity.Critical)
            .Blames(starved.OfHost ? Fault.Host : Fault.Server, toldByClient: false)
            .Tells("limit", starved.OfHost ? "fs.file-max" : "RLIMIT_NOFILE")
            .Remedy("application", "leak")
            .Remedy("application", "limit", "LimitNOFILE", null, "1048576")
            .Remedy("load-balancer", "maxconn");
    }
}
