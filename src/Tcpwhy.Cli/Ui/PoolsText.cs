using Tcpwhy.Pools;

namespace Tcpwhy.Cli.Ui;

/// <summary>An audit of pools for a person: the verdict, then each pool in trouble with its numbers, evidence and fix, then the healthy ones in a line each.</summary>
internal static class PoolsText
{
    private const int MostHealthy = 20;
    private const int MostTroubled = 20;

    public static void Write(PoolReport report, bool all, Screen screen)
    {
        List<JudgedPool> troubled = [], healthy = [];
        foreach (JudgedPool pool in report.Pools)
            (all || pool.First.Verdict != PoolVerdict.Healthy ? troubled : healthy).Add(pool);
        Verdict(report, screen);
        foreach (JudgedPool pool in troubled.Take(all ? int.MaxValue : MostTroubled))
        {
            screen.Blank();
            PoolText.Write(pool, screen);
        }
        if (!all && troubled.Count > MostTroubled)
        {
            screen.Blank();
            screen.Line(new Piece(screen.T("{0} more like these; --all tells them", troubled.Count - MostTroubled), Ink.Dim));
        }
        if (healthy.Count > 0)
        {
            screen.Blank();
            Healthy(healthy, screen);
        }
        screen.Blank();
        Watched(report, screen);
    }

    private static void Verdict(PoolReport report, Screen screen)
    {
        int bad = report.Pools.Count(pool => pool.First.Verdict != PoolVerdict.Healthy);
        if (report.Pools.Count == 0)
            screen.Paragraph(0, screen.T("No process has an outgoing connection that was asked for."));
        else if (bad == 0)
            screen.Paragraph(0, new Piece(screen.Count(report.Pools.Count, "{0} pool, and it is healthy.", "{0} pools, and all are healthy."), Ink.Green));
        else
            screen.Paragraph(0, new Piece(bad == 1
                ? screen.T("{0} of {1} pools needs a look:", Measure.Number(bad), Measure.Number(report.Pools.Count))
                : screen.T("{0} of {1} pools need a look. The first is the one to act on:", Measure.Number(bad), Measure.Number(report.Pools.Count)), Ink.Bold));
    }

    private static void Healthy(List<JudgedPool> pools, Screen screen)
    {
        screen.Line(new Piece(screen.T("Healthy"), Ink.Bold));
        Table table = new(Ink.Plain, Ink.Plain, Ink.Dim, Ink.Dim) { RightAligned = 2 };
        foreach (JudgedPool one in pools.Take(MostHealthy))
        {
            Pool pool = one.Pool;
            table.Add(PoolText.Who(pool, screen), pool.Destination.ToString(),
                screen.Count(pool.Size.Now, "{0} connection", "{0} connections"),
                pool.Use.Exchanges == 0 ? screen.T("idle") : screen.T("about {0} × used each", PoolText.Rounded(pool.Use.PerConnection)));
        }
        table.Write(screen, 2);
        if (pools.Count > MostHealthy)
            screen.Line("  ", screen.T("and {0} more", pools.Count - MostHealthy));
    }

    private static void Watched(PoolReport report, Screen screen)
    {
        Table table = new(Ink.Dim, Ink.Plain);
        table.Add(screen.T("watched"), screen.T("{0}, {1} to {2} UTC, {3} looks with {4}", Measure.Of(report.End - report.Start),
            $"{Measure.Date(report.Start)} {Measure.Seconds(report.Start)}", Measure.Seconds(report.End), report.Samples, report.Source));
        table.Add(screen.T("own cost"), screen.T("{0} s of one CPU", report.CpuSeconds.ToString("0.00")));
        if (!report.ChurnFromKernel)
            table.Add(screen.T("note"), screen.T("connections that live between two looks are counted only by the TIME_WAIT that they leave"));
        table.Write(screen, 0);
    }
}
