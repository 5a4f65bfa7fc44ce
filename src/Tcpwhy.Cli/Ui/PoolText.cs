using Tcpwhy.Model;
using Tcpwhy.Pools;
using Tcpwhy.Pools.Runtimes;

namespace Tcpwhy.Cli.Ui;

/// <summary>One pool for a person: whose, what is wrong, the numbers, the evidence, and its runtime's own settings.</summary>
internal static class PoolText
{
    private const int Indent = 2;
    private const int Inner = 4;

    public static void Write(JudgedPool judged, Screen screen)
    {
        (Pool pool, PoolJudgement first) = (judged.Pool, judged.First);
        bool healthy = first.Verdict == PoolVerdict.Healthy;
        (string mark, Ink ink, string severity) = healthy ? ("✓", Ink.Green, screen.T("info")) : first.Severity switch
        {
            Severity.Critical => ("✗", Ink.Red, screen.T("critical")),
            Severity.Warning => ("!", Ink.Yellow, screen.T("warning")),
            _ => ("·", Ink.Dim, screen.T("info")),
        };
        screen.Paragraph(0, Indent, new Piece(mark, ink), " ", new Piece(screen.T(PoolWords.Title(first.Verdict)), Ink.Bold));
        if (healthy)
            screen.Paragraph(Indent, new Piece(PoolWords.Code(first.Verdict), Ink.Cyan));
        else
            screen.Paragraph(Indent, new Piece(severity, ink), " · ", new Piece(PoolWords.Code(first.Verdict), Ink.Cyan), " · ", FindingText.Confidence(first.Confidence, screen));
        screen.Paragraph(Indent, 2, new Piece(Who(pool, screen), Ink.Bold), $" → {pool.Destination}");
        screen.Blank();
        Numbers(pool, screen);
        foreach (PoolJudgement one in judged.Judgements)
            Judged(one, one != first, pool, screen);
    }

    /// <summary>The process with what runs it, as <c>java (pid 4312)</c> or <c>app (Go, pid 7)</c>.</summary>
    public static string Who(Pool pool, Screen screen)
    {
        if (pool.Process is not { } process)
            return screen.T("a process not known");
        string runtime = PoolWords.Name(pool.Runtime);
        bool said = process.Comm.StartsWith(runtime, StringComparison.OrdinalIgnoreCase) || (process.Comm.Length > 2 && runtime.StartsWith(process.Comm, StringComparison.OrdinalIgnoreCase));
        return said
            ? Ends.Of(process, screen)
            : Ends.Of(process with { Comm = $"{(process.Comm.Length == 0 ? "?" : process.Comm)}, {runtime}" }, screen);
    }

    public static string Rounded(double number) => number.ToString(Math.Abs(number) < 9.95 ? "0.#" : "N0", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>An observation with its values, times with their unit.</summary>
    public static string Said(PoolEvidence evidence, Screen screen) => screen.T(evidence.What, Array.ConvertAll(evidence.Values, value => (object)(value switch
    {
        TimeSpan span => Measure.Of(span),
        double number => Rounded(number),
        long number => Measure.Number(number),
        int number => Measure.Number(number),
        _ => value.ToString() ?? "",
    })));

    private static void Numbers(Pool pool, Screen screen)
    {
        Table table = new(Ink.Dim, Ink.Plain);
        (PoolSize size, PoolChurn churn, PoolUse use) = (pool.Size, pool.Churn, pool.Use);
        table.Add(screen.T("size"), screen.T("{0} now, {1} at its peak, {2} at first", size.Now, size.Peak, size.First));
        table.Add(screen.T("churn"), screen.T("{0} opened, {1} closed, {2}/s", Measure.Number(churn.Opened), Measure.Number(churn.Closed), Rounded(churn.PerSecond)));
        table.Add(screen.T("use"), screen.T("{0} requests for each connection, about; {1} % of the time idle", Rounded(use.PerConnection), Rounded(use.IdleShare * 100)));
        if (churn.Median is { } life && life > TimeSpan.Zero)
            table.Add(screen.T("life"), screen.T("{0} (median of those closed)", Measure.Of(life)));
        else if (pool.Lifetimes.Count > 0)
            table.Add(screen.T("life"), screen.T("{0} (median of those closed)", Measure.Of(pool.Lifetimes.Median)));
        if (pool.Idle.Count > 0)
            table.Add(screen.T("idle"), screen.T("{0} median, {1} longest", Measure.Of(pool.Idle.Median), Measure.Of(pool.Idle.Longest)));
        if (pool.Waiting.Count > 0)
            table.Add("CLOSE_WAIT", screen.T("{0} ({1} %), the oldest for {2}", pool.Waiting.Count, Rounded(pool.Waiting.Share * 100), Measure.Of(pool.Waiting.Age.Longest)));
        if (pool.Retransmits > 0)
            table.Add(screen.T("sent again"), screen.T("{0} segments, {1} % of those sent", Measure.Number(pool.Retransmits), Rounded(pool.RetransmitShare * 100)));
        if (pool.Ports is { } ports && (ports.Used * 20 > ports.Range || ports.ExhaustedIn is not null))
        {
            string used = screen.T("{0} of {1}", Measure.Number(ports.Used), Measure.Number(ports.Range));
            table.Add(screen.T("ports"), ports.ExhaustedIn is { } left ? screen.T("{0}; exhausted in {1} at this rate", used, Measure.Of(left)) : used);
        }
        foreach (OwnCount own in pool.Own)
            table.Add(screen.T("own count"), OwnWords(own, screen));
        table.Write(screen, Inner);
    }

    private static string OwnWords(OwnCount own, Screen screen)
    {
        string requests = own.Failed == 0
            ? screen.T("{0} requests to {1}", Measure.Number(own.Requests), own.Server)
            : screen.T("{0} requests to {1}, {2} failed", Measure.Number(own.Requests), own.Server, Measure.Number(own.Failed));
        return own.Waited == 0
            ? screen.T("{0}; none waited for a connection", requests)
            : screen.T("{0}; {1} waited for a connection, {2} on average, up to {3}", requests, Measure.Number(own.Waited), Measure.Of(own.WaitedMean), Measure.Of(own.WaitedLongest));
    }

    private static void Judged(PoolJudgement one, bool further, Pool pool, Screen screen)
    {
        if (one.Verdict == PoolVerdict.Healthy)
            return;
        screen.Blank();
        screen.Paragraph(Indent, new Piece(further ? screen.T("Also {0}", PoolWords.Code(one.Verdict)) : screen.T("Evidence"), Ink.Bold));
        foreach (PoolEvidence evidence in one.Evidence)
            screen.Paragraph(Inner, 2, "· ", Said(evidence, screen));
        screen.Blank();
        screen.Paragraph(Indent, new Piece(screen.T("Do this"), Ink.Bold));
        screen.Paragraph(Inner, 2, new Piece("→", Ink.Green), " ", screen.T(PoolWords.Remedy(one.Verdict)));
        Table table = new(Ink.Plain, Ink.Bold, Ink.Dim);
        bool any = false;
        foreach (Knob knob in KnobTable.Of(pool.Runtime, one.Verdict))
        {
            table.Add(knob.Library, knob.Setting, (knob.Default, knob.Better) switch
            {
                ({ } from, { } to) => $"{from} → {to}",
                (null, { } to) => $"→ {to}",
                ({ } from, null) => screen.T("by default {0}", from),
                _ => "",
            });
            any = true;
        }
        if (any)
            table.Write(screen, Inner + 2);
    }
}
