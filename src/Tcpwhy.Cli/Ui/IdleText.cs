using Tcpwhy.Probing;

namespace Tcpwhy.Cli.Ui;

/// <summary>An idle limit for a person: the verdict in a sentence, what was measured, what it fits, what to set.</summary>
internal static class IdleText
{
    public static void Write(ProbeResult result, IdleAnswer answer, Screen screen)
    {
        string target = result.Plan.Target.ToString();
        screen.Paragraph(0, new Piece(Verdict(answer, target, screen), answer.Limit is null ? answer.TargetGone ? Ink.Red : Ink.Green : Ink.Yellow));
        screen.Blank();
        Table table = new(Ink.Dim, Ink.Plain);
        if (answer.Limit is { } limit)
        {
            table.Add(screen.T("measured"), screen.T("{0} ± {1}, on {2} connections", Time(limit.Timeout), Measure.Of(limit.Spread / 2), limit.Connections));
            table.Add(screen.T("who ends it"), By(answer, limit, screen));
        }
        table.Add(screen.T("idle since"), Since(result, answer, screen));
        if (answer.AnnouncedIdle is { } announced)
            table.Add(screen.T("announced"), screen.T("{0} in its Keep-Alive field", Time(announced)));
        if (answer.RequestsPerConnection is { } requests)
            table.Add(screen.T("requests"), screen.Count(requests, "it closes a connection after {0} request", "it closes a connection after {0} requests"));
        else if (answer.RequestsTried > 0)
            table.Add(screen.T("requests"), screen.Count(answer.RequestsTried, "after {0} on one connection it was still open", "after {0} on one connection it was still open"));
        if (answer.Failed > 0)
            table.Add(screen.T("not opened"), screen.Count(answer.Failed, "{0} further connection was refused or not answered", "{0} further connections were refused or not answered"));
        foreach (IdleFit fit in answer.Fits)
            table.Add(fit == answer.Fits[0] ? screen.T("fits") : "", Fit(fit, screen));
        table.Write(screen, 0);
        Advise(answer, screen);
    }

    private static string Verdict(IdleAnswer answer, string target, Screen screen)
    {
        string early = answer.Interrupted ? " " + screen.T("Stopped before it was settled.") : "";
        if (answer.ClosesAfterReply)
            return screen.T("{0} closes each connection after its reply: none is ever idle.", target);
        if (answer.TargetGone)
            return screen.T("{0} stopped answering meanwhile: new connections fail too, so no idle limit can be told.", target);
        if (answer.Limit is { } limit)
        {
            string time = Time(limit.Timeout);
            return limit.How switch
            {
                IdleEnd.Fin => screen.T("{0} closes connections that are idle for {1} (FIN).", target, time),
                IdleEnd.Reset => screen.T("Connections to {0} are reset when they are idle for {1}.", target, time),
                IdleEnd.ResetOnUse => screen.T("Connections to {0} are forgotten when they are idle for {1}: what is sent then is answered by a reset.", target, time),
                _ => screen.T("Connections to {0} are dead after {1} idle and nobody says so: what is sent then gets no answer.", target, time),
            } + early;
        }
        if (answer.Ended is { } ended)
            return screen.T("Connections to {0} live for {1} idle and are dead after {2}.", target, Time(answer.Survived), Time(ended)) + early;
        return answer.Survived > TimeSpan.Zero
            ? screen.T("No idle limit found up to {1}: connections to {0} still work then.", target, Time(answer.Survived)) + early
            : screen.T("Stopped before any connection to {0} had been idle for a second.", target);
    }

    /// <summary>Timeouts are set in seconds, and so they are told: 350 s, not 5.8 min.</summary>
    public static string Time(TimeSpan time) => time.TotalSeconds switch
    {
        < 1 => Measure.Of(time),
        < 10 => $"{time.TotalSeconds:0.00} s",
        < 100 => $"{time.TotalSeconds:0.0} s",
        < 100_000 => $"{time.TotalSeconds:0} s",
        _ => Measure.Of(time),
    };

    private static string By(IdleAnswer answer, IdleLimit limit, Screen screen)
    {
        string who = answer.Process is { } process ? $"{process.Comm}, pid {process.Pid}" : "";
        string by = limit.By switch
        {
            IdleEnder.Peer when who.Length > 0 => screen.T("the program at the other end ({0})", who),
            IdleEnder.Peer => screen.T("the program at the other end: the service, or a proxy in front of it"),
            IdleEnder.Path => screen.T("something on the way that tracks connections: a firewall, NAT or load balancer"),
            _ => screen.T("the other end, or something on the way: a reset does not tell"),
        };
        return limit.Farewell is { Length: > 0 } words ? screen.T("{0}; it says \"{1}\"", by, words) : by;
    }

    private static string Since(ProbeResult result, IdleAnswer answer, Screen screen) =>
        answer.AfterRequest ? screen.T("the reply to GET {0}", result.Plan.HttpPath)
        : result.Plan.Tls ? screen.T("the TLS handshake, before any request; after one it may differ: say --http PATH")
        : screen.T("the TCP handshake, before any request; after one it may differ: say --http PATH");

    private static string Fit(IdleFit fit, Screen screen)
    {
        string time = Time(fit.Timeout);
        return fit.Namespace is { } name ? screen.T("{0}, set on this host in network namespace {3}: {1} = {2}", screen.T(fit.What), fit.Setting, time, name)
            : fit.Here ? screen.T("{0}, set on this host: {1} = {2}", screen.T(fit.What), fit.Setting, time)
            : fit.Setting is { } setting ? screen.T("{0}: {1}, {2} by default", fit.What, setting, time)
            : screen.T("{0}: {1}, not to be changed", fit.What, time);
    }

    private static void Advise(IdleAnswer answer, Screen screen)
    {
        if (answer.Limit is not { } limit)
            return;
        IdleAdvice advice = IdleAdvice.For(limit);
        screen.Blank();
        Do(screen.T("Let client pools keep idle connections for at most {0}.", Time(advice.PoolIdle)));
        if (advice.KeepAlive is { } idle)
            Do(screen.T("Or turn TCP keep-alive on with TCP_KEEPIDLE of at most {0} s (host-wide: net.ipv4.tcp_keepalive_time = {0}).", (int)idle.TotalSeconds));
        else if (limit.How == IdleEnd.Fin)
            Do(screen.T("Or raise the service's idle timeout above what its clients keep. TCP keep-alive does not help against a program that closes."));

        void Do(string what) => screen.Paragraph(0, 2, new Piece("→", Ink.Green), " ", what);
    }
}
