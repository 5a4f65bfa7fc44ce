using Tcpwhy.Probing;

namespace Tcpwhy.Cli.Ui;

/// <summary>The verdict of a probe in a sentence: how many addresses answer, how fast, and which do not, with the cause.</summary>
internal static class ProbeVerdict
{
    public static void Write(ProbeResult result, Screen screen)
    {
        if (result.Addresses.Count == 0)
        {
            screen.Line(screen.T("Stopped before any attempt ended."));
            return;
        }
        AddressResult[] alive = [.. result.Addresses.Where(address => !address.IsDead)];
        AddressResult[] dead = [.. result.Addresses.Where(address => address.IsDead)];
        string first = First(result, alive, screen);
        List<string> parts = [first];
        foreach (AddressResult address in result.Addresses.Count > 1 || alive.Length > 0 ? dead : [])
            parts.Add(screen.T("{0} never does: {1}", address.Address.Address, Why(address, result, screen)));
        foreach (AddressResult address in alive.Where(address => !address.IsWhole))
        {
            int failed = address.Attempts.Count - address.Answered;
            parts.Add(screen.T("{0} failed {1} of {2} times: {3}", address.Address.Address, failed, address.Attempts.Count, Why(address, result, screen)));
        }
        foreach (AddressResult address in alive.Where(address => address.IsWhole && address.Mtu is { IsBlackHole: true }))
            parts.Add($"{address.Address.Address}: {MtuText.Verdict(address.Mtu!, screen)}");
        Ink ink = alive.Length == 0 ? Ink.Red : result.ExitCode == ExitCode.Done ? Ink.Green : Ink.Yellow;
        screen.Paragraph(0, new Piece(string.Join("; ", parts) + ".", ink));
        foreach (TlsSession session in alive.Select(address => address.Shown.Session).OfType<TlsSession>().Where(session => session.Faults != CertificateFaults.None).Take(1))
            screen.Paragraph(0, new Piece(screen.T("TCP and TLS work, but clients that check the certificate refuse it."), Ink.Yellow));
    }

    private static string First(ProbeResult result, AddressResult[] alive, Screen screen)
    {
        ProbeTarget target = result.Plan.Target;
        int all = result.Addresses.Count;
        if (alive.Length == 0)
        {
            return all == 1
                ? screen.T("{0} does not answer: {1}", result.Addresses[0].Address, Why(result.Addresses[0], result, screen))
                : screen.T("None of the {0} addresses of {1} answers", all, target);
        }
        string time = Measure.Of(StageTimes.Of(alive.SelectMany(address => address.Attempts).Select(attempt => attempt.Total).OfType<TimeSpan>())!.Median);
        return all == 1 ? screen.T("{0} answers in {1}", Named(target, result.Addresses[0]), time)
            : alive.Length == all ? screen.T("All {0} addresses of {1} answer in {2}", all, target, time)
            : screen.T("{0} of {1} addresses of {2} answer in {3}", alive.Length, all, target, time);
    }

    private static string Named(ProbeTarget target, AddressResult only) =>
        target.Literal is null ? $"{target} ({only.Address.Address})" : target.ToString();

    private static string Why(AddressResult address, ProbeResult result, Screen screen)
    {
        if (address.Mtu is { IsBlackHole: true } hole)
            return MtuText.Verdict(hole, screen);
        Attempt failed = address.UsualFailure!;
        string words = ProbeWords.Of(failed, result.Plan, screen);
        return failed.Cause is { } cause ? $"{cause} ({words})" : words;
    }
}
