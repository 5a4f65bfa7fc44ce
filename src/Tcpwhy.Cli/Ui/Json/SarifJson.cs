using System.Text.Json.Serialization;
using Tcpwhy.Balancers;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>Contradictions as SARIF 2.1.0 (OASIS), which CI systems show beside the lines. Its own names are written out, for its casing is not ours.</summary>
internal sealed record SarifJson(
    [property: JsonPropertyName("$schema")] string SchemaUri,
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("runs")] IReadOnlyList<SarifRun> Runs)
{
    public static SarifJson Of(IReadOnlyList<Problem> problems, Screen screen)
    {
        List<string> rules = [.. Lint.Rules.Select(rule => rule.Id)];
        return new SarifJson("https://json.schemastore.org/sarif-2.1.0.json", "2.1.0",
        [
            new SarifRun(
                new SarifTool(new SarifDriver("tcpwhy", ThisAssembly.Version,
                    [.. Lint.Rules.Select(rule => new SarifRule(rule.Id, new SarifMessage(rule.Cause is { } cause ? $"leads to {cause}" : rule.Id.Replace('-', ' ')), new SarifLevel(Level(rule.Severity))))])),
                "unicodeCodePoints",
                [.. problems.Select(problem => Result(problem, rules.IndexOf(problem.Rule), screen))]),
        ]);
    }

    private static SarifResult Result(Problem problem, int index, Screen screen)
    {
        string text = screen.T(problem.Text.Text, [.. problem.Text.Values]);
        if (problem.Advice is { } advice)
            text += "; " + screen.T(advice.Text, [.. advice.Values]);
        return new SarifResult(problem.Rule, index, Level(problem.Severity), new SarifMessage(text),
            problem.File is { } file ? [new SarifLocation(new SarifPhysical(Artifact(file.Path), Region(file, problem.Start, problem.Length)))] : [],
            problem.Edits.Count == 0 ? null :
            [
                new SarifFix([.. problem.Edits.GroupBy(edit => edit.File).Select(change => new SarifChange(Artifact(change.Key.Path),
                    [.. change.Select(edit => new SarifReplacement(Region(edit.File, edit.Start, edit.Length), new SarifMessage(edit.Text)))]))]),
            ]);
    }

    private static string Level(Severity severity) => severity switch
    {
        Severity.Critical => "error",
        Severity.Warning => "warning",
        _ => "note",
    };

    // A relative path stays one, so that a CI system finds it in its checkout.
    private static SarifArtifact Artifact(string path) =>
        new(path.StartsWith('/') ? new Uri(path).AbsoluteUri : string.Join('/', path.Split('/').Select(Uri.EscapeDataString)));

    private static SarifRegion Region(Balancers.Reading.SourceFile file, int start, int length)
    {
        int first = file.LineOf(start), last = file.LineOf(start + length);
        return new SarifRegion(first, Column(file, first, start), last, Column(file, last, start + length));
    }

    private static int Column(Balancers.Reading.SourceFile file, int line, int offset)
    {
        int column = 1;
        for (int i = file.StartOf(line); i < offset; i++)
            column += char.IsLowSurrogate(file.Text[i]) ? 0 : 1;
        return column;
    }
}

internal sealed record SarifRun([property: JsonPropertyName("tool")] SarifTool Tool, [property: JsonPropertyName("columnKind")] string ColumnKind, [property: JsonPropertyName("results")] IReadOnlyList<SarifResult> Results);

internal sealed record SarifTool([property: JsonPropertyName("driver")] SarifDriver Driver);

internal sealed record SarifDriver([property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("version")] string Version, [property: JsonPropertyName("rules")] IReadOnlyList<SarifRule> Rules);

internal sealed record SarifRule([property: JsonPropertyName("id")] string Id, [property: JsonPropertyName("shortDescription")] SarifMessage ShortDescription, [property: JsonPropertyName("defaultConfiguration")] SarifLevel DefaultConfiguration);

internal sealed record SarifLevel([property: JsonPropertyName("level")] string Level);

internal sealed record SarifMessage([property: JsonPropertyName("text")] string Text);

internal sealed record SarifResult(
    [property: JsonPropertyName("ruleId")] string RuleId,
    [property: JsonPropertyName("ruleIndex")] int RuleIndex,
    [property: JsonPropertyName("level")] string Level,
    [property: JsonPropertyName("message")] SarifMessage Message,
    [property: JsonPropertyName("locations")] IReadOnlyList<SarifLocation> Locations,
    [property: JsonPropertyName("fixes"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<SarifFix>? Fixes);

internal sealed record SarifLocation([property: JsonPropertyName("physicalLocation")] SarifPhysical PhysicalLocation);

internal sealed record SarifPhysical(
    [property: JsonPropertyName("artifactLocation")] SarifArtifact ArtifactLocation,
    [property: JsonPropertyName("region")] SarifRegion Region);

internal sealed record SarifArtifact([property: JsonPropertyName("uri")] string Uri);

internal sealed record SarifRegion(
    [property: JsonPropertyName("startLine")] int StartLine,
    [property: JsonPropertyName("startColumn")] int StartColumn,
    [property: JsonPropertyName("endLine")] int EndLine,
    [property: JsonPropertyName("endColumn")] int EndColumn);

internal sealed record SarifFix([property: JsonPropertyName("artifactChanges")] IReadOnlyList<SarifChange> ArtifactChanges);

internal sealed record SarifChange([property: JsonPropertyName("artifactLocation")] SarifArtifact ArtifactLocation, [property: JsonPropertyName("replacements")] IReadOnlyList<SarifReplacement> Replacements);

internal sealed record SarifReplacement([property: JsonPropertyName("deletedRegion")] SarifRegion DeletedRegion, [property: JsonPropertyName("insertedContent")] SarifMessage InsertedContent);
