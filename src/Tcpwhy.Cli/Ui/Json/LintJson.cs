using Tcpwhy.Balancers;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>Contradictions as <c>tcpwhy.lint/1</c>: see docs/schemas/lint.json.</summary>
internal sealed record LintJson(string Schema, int Files, IReadOnlyList<HopJson> Chain, IReadOnlyList<ProblemJson> Problems)
{
    public static LintJson Of(Chain chain, IReadOnlyList<Problem> problems, int files, Screen screen) => new(
        "tcpwhy.lint/1",
        files,
        [.. Hop.Of(chain).Select(hop => new HopJson(hop.Who, hop.Keeps?.TotalSeconds, hop.File?.Path, hop.File is null ? null : hop.Line))],
        [.. problems.Select(problem => ProblemJson.Of(problem, screen))]);
}

/// <summary>One hop; idle_seconds is null where nothing limits it.</summary>
internal sealed record HopJson(string Who, double? IdleSeconds, string? File, int? Line);

/// <summary>One contradiction; file and line are null for an option of the command line.</summary>
internal sealed record ProblemJson(string Rule, string Severity, string? Cause, string? File, int? Line, string Text, IReadOnlyList<CorrectionJson> Corrected, string? Advice)
{
    public static ProblemJson Of(Problem problem, Screen screen) => new(
        problem.Rule,
        problem.Severity.ToString().ToLowerInvariant(),
        problem.Cause,
        problem.File?.Path,
        problem.File is null ? null : problem.Line,
        screen.T(problem.Text.Text, [.. problem.Text.Values]),
        [.. problem.Edits.Select(edit => new CorrectionJson(edit.File.Path, edit.File.LineOf(edit.Start), edit.Corrected))],
        problem.Advice is { } advice ? screen.T(advice.Text, [.. advice.Values]) : null);
}

/// <summary>A line as it would be right; text is null when it is to go.</summary>
internal sealed record CorrectionJson(string File, int Line, string? Text);
