using System.Diagnostics;
using Tcpwhy.Attempts;
using Tcpwhy.Loading;

namespace Tcpwhy.Cli.Ui;

/// <summary>A block on a terminal's stderr that shows how a load goes on, drawn over itself; nothing in a pipe.</summary>
internal sealed class LoadView(Session session, LoadRun run, LoadPlan plan, AttemptJudge judge) : IDisposable
{
    private static readonly TimeSpan interval = TimeSpan.FromMilliseconds(250);
    private const int Bar = 24;
    private long _drawn;
    private int _lines;
    private long _lastAttempts;
    private TimeSpan _lastTime;

    /// <summary>Draws when it is time to.</summary>
    public void Tick()
    {
        if (!session.ErrorIsTerminal || (_drawn != 0 && Stopwatch.GetElapsedTime(_drawn) < interval))
            return;
        _drawn = Stopwatch.GetTimestamp();
        using StringWriter text = new() { NewLine = "\n" };
        Draw(new Screen(text, 80, session.Talk.Coloured, session.Language));
        string block = text.ToString();
        Erase();
        session.Error.Write(block);
        session.Error.Flush();
        _lines = block.AsSpan().Count('\n');
    }

    public void Dispose()
    {
        Erase();
        session.Error.Flush();
    }

    private void Erase()
    {
        if (_lines > 0)
            session.Error.Write($"\e[{_lines}A\e[J");
        _lines = 0;
    }

    private void Draw(Screen screen)
    {
        LoadCounts counts = run.Look();
        TimeSpan elapsed = run.Elapsed;
        long attempts = counts.Succeeded + counts.Failed;
        double share = Math.Clamp(plan.Count > 0 ? (double)attempts / plan.Count : plan.Hold ? (double)attempts / plan.Connections : elapsed / plan.Duration, 0, 1);
        double now = (attempts - _lastAttempts) / Math.Max((elapsed - _lastTime).TotalSeconds, 0.001);
        (_lastAttempts, _lastTime) = (attempts, elapsed);
        int full = (int)(share * Bar);
        screen.Line("  ", new Piece(new string('█', full), Ink.Cyan), new Piece(new string('░', Bar - full), Ink.Dim),
            $" {share * 100,3:0} %  ", screen.T("{0}, {1} a second, {2} open", Measure.Of(elapsed), Measure.Rate(now), Measure.Number(counts.Active)));
        if (counts.Latency.Count > 0)
        {
            screen.Line("  ", screen.T("latency p50 {0}, p90 {1}, p99 {2}, most {3}", Measure.Of(counts.Latency.Percentile(0.5)), Measure.Of(counts.Latency.Percentile(0.9)),
                Measure.Of(counts.Latency.Percentile(0.99)), Measure.Of(counts.Latency.Max)));
        }
        screen.Line("  ", new Piece(screen.T("{0} succeeded, {1} failed", Measure.Number(counts.Succeeded), Measure.Number(counts.Failed)), counts.Failed > 0 ? Ink.Yellow : Ink.Plain));
        AttemptVerdicts verdicts = judge.Snapshot();
        Table table = new(Ink.Bold, Ink.Cyan) { RightAligned = 0 };
        foreach (CauseCount cause in verdicts.ByCause.Take(5))
            table.Add($"{Measure.Number(cause.Count)}×", cause.Cause);
        table.Write(screen, 4);
    }
}
