using Tcpwhy.Balancers;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Ui;

/// <summary>Contradictions for a person: the chain, then each with its place, what it leads to, and the line as it would be right.</summary>
internal static class LintText
{
    private const int Indent = 2;

    /// <param name="fixing">Whether the corrections follow as a difference.</param>
    public static void Write(Chain chain, IReadOnlyList<Problem> problems, int files, bool fixing, Screen screen)
    {
        string read = screen.Count(files, "{0} file", "{0} files");
        if (problems.Count == 0)
            screen.Paragraph(0, new Piece("✓ ", Ink.Green), screen.T("No contradiction in {0}.", read));
        else
            screen.Paragraph(0, screen.T("{0} in {1}:", screen.Count(problems.Count, "{0} contradiction", "{0} contradictions"), read));
        foreach (Problem problem in problems)
            Write(problem, screen);
        IReadOnlyList<Hop> hops = Hop.Of(chain);
        if (hops.Count > 0)
        {
            screen.Blank();
            screen.Line(new Piece(screen.T("Who keeps an idle connection, and for how long"), Ink.Bold));
            Table table = new(Ink.Plain, Ink.Bold, Ink.Dim) { RightAligned = 1 };
            foreach (Hop hop in hops)
            {
                table.Add(hop.Who == "clients" ? screen.T("clients") : hop.Who,
                    hop.Keeps is not { } keeps ? screen.T("no limit") : keeps == TimeSpan.Zero ? screen.T("not at all") : TimeoutPlan.Text(keeps),
                    hop.File is { } file ? $"{file.Path}:{hop.Line}" : "");
            }
            table.Write(screen, Indent);
        }
        if (!fixing && problems.Any(problem => problem.Edits.Count > 0))
        {
            screen.Blank();
            screen.Paragraph(0, screen.T("--fix writes the corrected lines, after showing them."));
        }
    }

    private static void Write(Problem problem, Screen screen)
    {
        (string mark, Ink ink, string severity) = problem.Severity switch
        {
            Severity.Critical => ("✗", Ink.Red, screen.T("critical")),
            Severity.Warning => ("!", Ink.Yellow, screen.T("warning")),
            _ => ("·", Ink.Dim, screen.T("info")),
        };
        screen.Blank();
        screen.Paragraph(0, Indent, new Piece(mark, ink), " ", new Piece(problem.File is { } file ? $"{file.Path}:{problem.Line}" : "--client-idle", Ink.Bold),
            " · ", new Piece(severity, ink), " · ", problem.Rule, problem.Cause is { } cause ? new Piece($" → {cause}", Ink.Cyan) : "");
        screen.Paragraph(Indent, screen.T(problem.Text.Text, [.. problem.Text.Values]));
        foreach (Edit edit in problem.Edits)
        {
            string place = edit.File == problem.File ? "" : $"{edit.File.Path}: ";
            screen.Paragraph(Indent, 2, new Piece("→", Ink.Green), " ", place, edit.Corrected is { } line ? new Piece(line.Replace("\t", " ", StringComparison.Ordinal), Ink.Bold) : screen.T("remove this line"));
        }
        if (problem.Advice is { } advice)
            screen.Paragraph(Indent, 2, new Piece("→", Ink.Green), " ", screen.T(advice.Text, [.. advice.Values]));
    }
}
