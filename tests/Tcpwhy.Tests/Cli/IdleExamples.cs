using Tcpwhy.Attempts;
using Tcpwhy.Model;
using Tcpwhy.Probing;

namespace Tcpwhy.Tests.Cli;

/// <summary>Answers of <c>probe --idle</c> and <c>--reuse</c> as they may come.</summary>
internal static class IdleExamples
{
    /// <summary>A firewall forgets, and the kernel setting that does it is on this host.</summary>
    public static ProbeResult Silent => Of(new IdleAnswer
    {
        Limit = Limit(349.6, 2.8, IdleEnd.Silence, 3),
        Survived = TimeSpan.FromSeconds(348.2),
        Opened = 68,
        Fits =
        [
            new IdleFit("conntrack", "net.netfilter.nf_conntrack_tcp_timeout_established", TimeSpan.FromSeconds(350), "/proc/sys", true, "edge"),
            new IdleFit("AWS Network Firewall", "TcpIdleTimeoutSeconds (60 to 6000)", TimeSpan.FromSeconds(350), "known", false),
            new IdleFit("AWS NAT gateway", null, TimeSpan.FromSeconds(350), "known", false),
        ],
    });

    /// <summary>A web server closes, and says so.</summary>
    public static ProbeResult Closed => Of(new IdleAnswer
    {
        Limit = Limit(5.003, 0.004, IdleEnd.Fin, 34) with { Farewell = "HTTP/1.1 408 Request Time-out\e[31m" },
        Survived = TimeSpan.FromSeconds(4.3),
        Opened = 42,
        Failed = 2,
        AfterRequest = true,
        RequestsPerConnection = 100,
        RequestsTried = 100,
        AnnouncedIdle = TimeSpan.FromSeconds(5),
        Process = new ProcessInfo(4312, "apache2"),
        Fits = [new IdleFit("Apache httpd >=2.4", "KeepAliveTimeout", TimeSpan.FromSeconds(5), "known", false)],
    });

    /// <summary>The race happened.</summary>
    public static ProbeResult Raced => Closed with
    {
        Reuse = new ReuseAnswer
        {
            Timeout = TimeSpan.FromSeconds(5.003),
            Groups =
            [
                Group(ReuseWhen.Before, 4, 4.002, 24, answered: 24),
                Group(ReuseWhen.Around, 4.99, 5.01, 120, answered: 55, noticed: 60, closed: 1, reset: 4),
                Group(ReuseWhen.After, 5.21, 5.22, 24, closed: 23, silent: 1),
            ],
            ByCause = [new CauseCount("stale-conn-reuse", 24), new CauseCount("keepalive-race", 5)],
        },
    };

    /// <summary>Every other end that a search can come to, with its first words.</summary>
    public static IEnumerable<(ProbeResult Result, string Verdict)> Others =>
    [
        (Of(new IdleAnswer { Survived = TimeSpan.FromMinutes(10) }), "No idle limit found up to 600 s: connections to 10.0.0.7:5432 still work then."),
        (Of(new IdleAnswer { Survived = TimeSpan.FromSeconds(42), Interrupted = true }), "No idle limit found up to 42.0 s: connections to 10.0.0.7:5432 still work then. Stopped before it was settled."),
        (Of(new IdleAnswer { Interrupted = true }), "Stopped before any connection to 10.0.0.7:5432 had been idle for a second."),
        (Of(new IdleAnswer { Survived = TimeSpan.FromSeconds(3), Ended = TimeSpan.FromSeconds(3.6), Interrupted = true }), "Connections to 10.0.0.7:5432 live for 3.00 s idle and are dead after 3.60 s. Stopped before it was settled."),
        (Of(new IdleAnswer { TargetGone = true, Ended = TimeSpan.FromSeconds(3) }), "10.0.0.7:5432 stopped answering meanwhile: new connections fail too, so no idle limit can be told."),
        (Of(new IdleAnswer { ClosesAfterReply = true, AfterRequest = true }), "10.0.0.7:5432 closes each connection after its reply: none is ever idle."),
        (Of(new IdleAnswer { Limit = Limit(240, 0.1, IdleEnd.Reset, 6) }), "Connections to 10.0.0.7:5432 are reset when they are idle for 240 s."),
        (Of(new IdleAnswer { Limit = Limit(350, 2, IdleEnd.ResetOnUse, 3) }), "Connections to 10.0.0.7:5432 are forgotten when they are idle for 350 s: what is sent then is answered by a reset."),
    ];

    private static ProbeResult Of(IdleAnswer answer)
    {
        ProbeResult secure = ProbeExamples.Mixed;
        AddressResult good = secure.Addresses.First(address => address.IsWhole && address.Address.Address.ToString() == "10.0.0.7");
        return secure with { Plan = secure.Plan with { Target = new ProbeTarget("10.0.0.7", 5432), HttpPath = answer.AfterRequest ? "/health" : null }, Addresses = [good], Findings = [], Idle = answer };
    }

    private static IdleLimit Limit(double seconds, double spread, IdleEnd how, int connections) =>
        new(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(spread), how, connections, null);

    private static ReuseGroup Group(ReuseWhen when, double from, double to, int pairs, int answered = 0, int noticed = 0, int closed = 0, int reset = 0, int silent = 0) =>
        new(when, TimeSpan.FromSeconds(from), TimeSpan.FromSeconds(to), pairs, answered, noticed, closed, reset, silent);
}
