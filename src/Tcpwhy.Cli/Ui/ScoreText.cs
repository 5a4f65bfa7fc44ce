using Tcpwhy.Lab;
using Tcpwhy.Lab.Healthy;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Ui;

/// <summary>How the diagnosis did with every fault of the lab: a line per cause, then the sums.</summary>
internal static class ScoreText
{
    public static void Write(Score score, Screen page)
    {
        foreach (CauseScore cause in score.Causes)
        {
            bool right = cause.Named == cause.Made && cause.Made > 0 && cause.Confusions.Count == 0;
            page.Line(
                new Piece(right ? "✓ " : "✗ ", right ? Ink.Green : Ink.Red),
                $"{cause.Cause,-30} ",
                page.T("named in {0} of {1}, counts exact in {2}", cause.Named, cause.Made, cause.Exact));
            foreach ((string variation, Trial trial) in cause.Tried)
            {
                if (trial.Obstacle is { } obstacle)
                    page.Paragraph(4, page.T("{0}: not made: {1}", variation, obstacle));
                else if (!trial.IsNamed)
                    page.Paragraph(4, page.T("{0}: said {1}", variation, trial.First?.Cause ?? page.T("nothing")));
            }
            foreach ((string confused, int times) in cause.Confusions)
                page.Paragraph(4, page.T("besides: {0} in {1}", confused, times));
        }
        foreach (HealthyTrial healthy in score.Healthy)
        {
            bool silent = healthy is { Run: not null, Alarms.Count: 0 };
            page.Line(
                new Piece(silent ? "✓ " : "✗ ", silent ? Ink.Green : Ink.Red),
                $"{healthy.Kind.Name,-30} ",
                healthy.Run is { } run ? page.T("healthy: {0} requests, {1} false alarms", $"{run.Requests:N0}", healthy.Alarms.Count) : page.T("could not run: {0}", healthy.Obstacle));
            foreach (Finding alarm in healthy.Alarms)
                page.Paragraph(4, $"{alarm.Count} × {alarm.Cause}");
        }
        page.Line(page.T("recall {0} ({1} of {2}), precision {3}", $"{score.Recall:0.000}", score.Named, score.Made, $"{score.Precision:0.000}"));
        if (score.Healthy.Count > 0)
            page.Line(page.T("false alarms in {0} kinds of healthy traffic: {1}", score.Healthy.Count, score.FalseAlarms));
    }
}
