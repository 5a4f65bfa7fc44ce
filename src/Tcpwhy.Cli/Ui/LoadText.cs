using Tcpwhy.Attempts;
using Tcpwhy.Loading;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui;

/// <summary>A load's outcome for a person: the verdict, the causes, then what was measured, then the first cause in full.</summary>
internal static class LoadText
{
    public static void Write(LoadOutcome outcome, Screen screen)
    {
        LoadResult result = outcome.Result;
        Verdict(outcome, screen);
        if (result.Counts.Failed > 0)
        {
            screen.Blank();
            Causes(outcome.Causes, screen);
        }
        screen.Blank();
        Figures(outcome, screen);
        if (result.Counts.Slowest.All.Count > 0 && result.Counts.Succeeded >= 10)
        {
            screen.Blank();
            Slowest(result.Counts.Slowest, screen);
        }
        if (outcome.Verdicts.Findings is [var first, ..])
        {
            screen.Blank();
            FindingText.Write(first, screen);
            screen.Blank();
            screen.Line(new Piece(screen.T("More about it: {0}", $"tcpwhy explain {first.Cause}"), Ink.Dim));
        }
    }

    private static void Verdict(LoadOutcome outcome, Screen screen)
    {
        LoadResult result = outcome.Result;
        LoadCounts counts = result.Counts;
        string time = Measure.Of(result.Length);
        if (result.Attempts == 0)
        {
            screen.Paragraph(0, new Piece(screen.T("Nothing was tried to its end in {0}.", time), Ink.Yellow));
            return;
        }
        if (counts.Failed == 0)
        {
            screen.Paragraph(0, new Piece(result.Plan.Protocol == LoadProtocol.Connect
                ? screen.T("None of {0} failed in {1}.", screen.Count(result.Attempts, "{0} connection", "{0} connections"), time)
                : screen.T("None of {0} failed in {1}.", screen.Count(result.Attempts, "{0} request", "{0} requests"), time), Ink.Green));
        }
        else
        {
            string many = screen.T("{0} of {1} attempts failed ({2}) in {3}", Measure.Number(counts.Failed), Measure.Number(result.Attempts), Measure.Percent(result.FailureShare), time);
            string why = outcome.Causes.Count == 0 ? "" : Title(outcome.Causes[0].Cause, screen);
            screen.Paragraph(0, new Piece(outcome.Causes.Count > 1
                ? screen.T("{0}; most of them: {1}.", many, why)
                : screen.T("{0}: {1}.", many, why), Ink.Bold));
        }
        if (counts.ServerErrors + counts.ClientErrors > 0)
        {
            screen.Paragraph(0, new Piece(screen.T("But {0} answers had a status of 500 or more, and {1} one of 400 to 499.",
                Measure.Number(counts.ServerErrors), Measure.Number(counts.ClientErrors)), Ink.Yellow));
        }
        if (counts.Unfinished > 0)
            screen.Paragraph(0, screen.Count(counts.Unfinished, "{0} attempt was still under way when the load was stopped.", "{0} attempts were still under way when the load was stopped."));
    }

    private static void Causes(IReadOnlyList<CauseCount> causes, Screen screen)
    {
        Table table = new(Ink.Bold, Ink.Cyan, Ink.Plain) { RightAligned = 0 };
        foreach (CauseCount cause in causes)
            table.Add($"{Measure.Number(cause.Count)}×", cause.Cause, Title(cause.Cause, screen));
        table.Write(screen, 2);
    }

    /// <summary>A cause in words.</summary>
    internal static string Title(string cause, Screen screen) => cause switch
    {
        LoadCause.MalformedAnswer => screen.T("What came was no answer of HTTP"),
        LoadCause.TlsHandshake => screen.T("TLS was not agreed upon, or the certificate is not trusted"),
        _ => CausePage.Of(cause).Title(screen.Language),
    };

    private static void Figures(LoadOutcome outcome, Screen screen)
    {
        LoadResult result = outcome.Result;
        LoadCounts counts = result.Counts;
        Table table = new(Ink.Dim, Ink.Plain);
        table.Add(screen.T("Target"), outcome.Target.Text.Contains($"{result.Plan.Target}", StringComparison.Ordinal) ? outcome.Target.Text : $"{outcome.Target.Text} ({result.Plan.Target})");
        string requests = result.Plan.Protocol == LoadProtocol.Connect ? "" : screen.T("{0} requests/s", Measure.Rate(result.RequestsPerSecond)) + ", ";
        table.Add(screen.T("Rate"), requests + screen.T("{0} connections/s", Measure.Rate(result.ConnectionsPerSecond)));
        table.Add(screen.T("Connections"), screen.T("{0} opened, {1} at once", Measure.Number(counts.Opened), Measure.Number(counts.MostActive))
            + (counts.ClosedIdle > 0 ? ", " + screen.T("{0} closed by the target while idle", Measure.Number(counts.ClosedIdle)) : ""));
        table.Add(screen.T("Bytes"), screen.T("{0} sent, {1} received", Measure.Bytes(counts.BytesSent), Measure.Bytes(counts.BytesReceived)));
        if (result.Plan.Protocol != LoadProtocol.Connect)
            table.Add(screen.T("Latency"), Percentiles(counts.Latency, screen));
        table.Add(screen.T("Connect"), Percentiles(counts.Connect, screen));
        if (counts.Sockets.Count > 0)
        {
            table.Add(screen.T("Sockets"), screen.T("{0} looked at: round trip {1} median, {2} most; {3} of {4} segments sent again; window {5} segments",
                Measure.Number(counts.Sockets.Count), Measure.Of(counts.Sockets.Rtt.Percentile(0.5)), Measure.Of(counts.Sockets.Rtt.Max),
                Measure.Number(counts.Sockets.Retransmits), Measure.Number(counts.Sockets.SegmentsOut), $"{(double)counts.Sockets.CongestionWindows / counts.Sockets.Count:0.#}"));
        }
        if (result.MemoryBytes > 0 && result.Plan.Hold)
        {
            table.Add(screen.T("Held"), screen.T("all opened in {0}, then kept for {1}", Measure.Of(result.OpenedIn), Measure.Of(result.Plan.Duration)));
            table.Add(screen.T("Memory"), screen.T("{0} bytes of ours per connection: {1} in {2}", Measure.Number(result.MemoryBytes / Math.Max(counts.MostActive, 1)),
                Measure.Bytes(result.MemoryBytes), screen.Count(result.Processes, "{0} process", "{0} processes")));
        }
        table.Add(screen.T("Generator"), LoadLimitText.Of(result, screen));
        table.Write(screen, 0);
    }

    private static string Percentiles(Histogram times, Screen screen) => times.Count == 0 ? "–" : screen.T("p50 {0}, p90 {1}, p99 {2}, p99.9 {3}, most {4}; mean {5}",
        Measure.Of(times.Percentile(0.5)), Measure.Of(times.Percentile(0.9)), Measure.Of(times.Percentile(0.99)), Measure.Of(times.Percentile(0.999)), Measure.Of(times.Max), Measure.Of(times.Mean));

    private static void Slowest(SlowAttempts slowest, Screen screen)
    {
        screen.Line(new Piece(screen.T("The slowest"), Ink.Bold));
        Table table = new(Ink.Plain, Ink.Dim) { RightAligned = 0 };
        foreach (SlowAttempt slow in slowest.All)
        {
            string why = slow.FirstOnConnection ? screen.T("on a new connection") : screen.T("on a connection in use");
            if (slow.Waited > TimeSpan.FromMilliseconds(1))
                why += ", " + screen.T("{0} of it waiting for a free connection", Measure.Of(slow.Waited));
            table.Add(Measure.Of(slow.Took), screen.T("after {0}, from {1}, {2}", Measure.Of(slow.At), slow.Local, why));
        }
        table.Write(screen, 2);
    }
}
