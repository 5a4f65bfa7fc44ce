using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The server is out of descriptors: accept fails while clients wait.</summary>
public sealed class FdLimitAccept : Cause
{
    private const int ENFILE = 23, EMFILE = 24;

    public override string Id => "fd-limit-accept";

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Call is not { Call: "accept", Errno: EMFILE or ENFILE } call)
            return null;
        bool host = call.Errno == ENFILE;
        return new Verdict(this, broken)
            .For(0.95, true, "accept failed", Kernel.Errno.Name(call.Errno), "syscalls:sys_exit_accept4")
            .For(0.5, call.Sample is { UnreadBytes: > 0 }, "connections that wait", $"{call.Sample?.UnreadBytes}", "inet_diag")
            .Weighs(Severity.Critical)
            .Blames(host ? Fault.Host : Fault.Server, toldByClient: false)
            .Tells("limit", host ? "fs.file-max" : "RLIMIT_NOFILE")
            .Remedy("application", "leak")
            .Remedy("application", "limit", "LimitNOFILE", null, "1048576")
            .Remedy("load-balancer", "maxconn");
    }
}
