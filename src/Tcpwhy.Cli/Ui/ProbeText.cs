using Tcpwhy.Model;
using Tcpwhy.Probing;

namespace Tcpwhy.Cli.Ui;

/// <summary>A probe's answer for a person: the verdict, each address with its times, the socket as the kernel has it, then why attempts failed.</summary>
internal static class ProbeText
{
    private const int StageWidth = 20;
    private const int NumberWidth = 11;

    public static void Write(ProbeResult result, Screen screen, bool verbose)
    {
        if (result.Idle is { } idle)
        {
            IdleText.Write(result, idle, screen);
            screen.Blank();
        }
        if (result.Reuse is { } reuse)
        {
            ReuseText.Write(reuse, screen);
            screen.Blank();
        }
        ProbeVerdict.Write(result, screen);
        bool measured = result.Idle is not null || result.Reuse is not null;
        if (result.Addresses.Count == 0 || (measured && !verbose && !result.Plan.Mtu && result.ExitCode == ExitCode.Done))
            return;
        screen.Blank();
        Facts(result, screen);
        Times(result, screen);
        MtuText.Write(result, screen);
        if (result.Addresses.FirstOrDefault(address => !address.IsDead) is { } alive)
        {
            screen.Blank();
            ProbeSocketText.Write(alive.Shown, screen, verbose);
        }
        foreach (Finding finding in result.Findings)
        {
            screen.Blank();
            FindingText.Write(finding, screen);
        }
        if (result.Findings.Count > 0)
        {
            screen.Blank();
            screen.Line(new Piece(screen.T("More about it: {0}", $"tcpwhy explain {result.Findings[0].Cause}"), Ink.Dim));
        }
    }

    private static void Facts(ProbeResult result, Screen screen)
    {
        Table table = new(Ink.Dim, Ink.Plain);
        bool any = false;
        if (result.Resolver is { } resolver)
            Say(screen.T("name looked up in"), resolver);
        Attempt[] answered = [.. result.Addresses.SelectMany(address => address.Attempts).Where(attempt => attempt.IsOk)];
        foreach (string session in answered.Select(attempt => attempt.Session).OfType<TlsSession>().Select(session => CertificateWords.Of(session, screen)).Distinct())
            Say("TLS", session);
        foreach (int status in answered.Select(attempt => attempt.HttpStatus).OfType<int>().Distinct())
            Say("HTTP", screen.T("status {0}", status));
        if (answered.Select(attempt => attempt.Detail).FirstOrDefault(detail => detail is not null) is { } banner)
            Say(screen.T("speaks first"), $"\"{banner}\"");
        if (any)
        {
            table.Write(screen, 0);
            screen.Blank();
        }

        void Say(string what, string value)
        {
            table.Add(what, value);
            any = true;
        }
    }

    private static void Times(ProbeResult result, Screen screen)
    {
        screen.Line(new Piece(Row("", [screen.T("attempts"), screen.T("min"), screen.T("median"), "p95", screen.T("max")]), Ink.Dim));
        foreach (AddressResult address in result.Addresses)
        {
            screen.Line(new Piece(address.Address.ToString(), Ink.Bold));
            Stage(screen.T("resolve"), result.Resolve(address.Address.Address.AddressFamily), screen);
            Stage(screen.T("connect"), address.Connect, screen);
            Stage("TLS", address.Tls, screen);
            Stage(screen.T("first byte"), address.FirstByte, screen);
            foreach (var failures in address.Attempts.Where(attempt => !attempt.IsOk)
                .GroupBy(attempt => (Words: ProbeWords.Of(attempt, result.Plan, screen), attempt.Cause))
                .OrderByDescending(group => group.Count()))
            {
                Piece cause = failures.Key.Cause is { } id ? new Piece($"({id})", Ink.Cyan) : "";
                screen.Paragraph(2, 4, new Piece("✗", Ink.Red), " ", screen.T("{0} of {1}: {2}", failures.Count(), address.Attempts.Count, failures.Key.Words), " ", cause);
            }
        }
    }

    private static void Stage(string name, StageTimes? times, Screen screen)
    {
        if (times is not null)
            screen.Line(Row("  " + name, [Measure.Number(times.Count), Measure.Of(times.Min), Measure.Of(times.Median), Measure.Of(times.P95), Measure.Of(times.Max)]));
    }

    private static string Row(string name, ReadOnlySpan<string> cells)
    {
        string row = name + new string(' ', Math.Max(0, StageWidth - DisplayWidth.Of(name)));
        foreach (string cell in cells)
            row += new string(' ', Math.Max(1, NumberWidth - DisplayWidth.Of(cell))) + cell;
        return row;
    }
}
