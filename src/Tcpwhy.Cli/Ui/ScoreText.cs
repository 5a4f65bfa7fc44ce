using Tcpwhy.Lab;

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
                    page.Paragraph(4, page.T("{0}: said {1}", variation, trial.Findings is [var first, ..] ? first.Cause : page.T("nothing")));
            }
            foreach ((string confused, int times) in cause.Confusions)
                page.Paragraph(4, page.T("besides: {0} in {1}", confused, times));
        }
        page.Line(page.T("recall {0} ({1} of {2}), precision {3}", $"{score.Recall:0.000}", score.Named, score.Made, $"{score.Precision:0.000}"));
    }
}
