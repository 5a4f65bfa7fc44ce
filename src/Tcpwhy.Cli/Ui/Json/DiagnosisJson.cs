using System.Text.Json.Serialization;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>An answer as <c>tcpwhy.diagnosis/1</c>: see docs/schemas/diagnosis.json.</summary>
internal sealed record DiagnosisJson(
    string Schema,
    WindowJson Window,
    VisibilityJson Visibility,
    ObserverJson Observer,
    TrafficJson Traffic,
    IReadOnlyList<string> Notes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FindingJson>? Findings)
{
    /// <summary>Beside an earlier window, when one was given.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ComparisonJson? Comparison { get; init; }

    public static DiagnosisJson Of(Answer answer, Language language)
    {
        List<FindingJson> findings = [];
        foreach (Finding finding in answer.Findings)
            findings.Add(FindingJson.Of(finding, language));
        return Summary(answer, language) with { Findings = findings };
    }

    /// <summary>The answer without its findings, the last line of ndjson.</summary>
    public static DiagnosisJson Summary(Answer answer, Language language)
    {
        List<UnavailableJson> unavailable = [];
        foreach (Unavailable cause in answer.Unavailable)
            unavailable.Add(new UnavailableJson(cause.Cause, Translations.Get(language, cause.Needs)));
        List<string> notes = [];
        foreach (string note in answer.Notes)
            notes.Add(Translations.Get(language, note));
        return new DiagnosisJson(
            "tcpwhy.diagnosis/1",
            new WindowJson(answer.Start, answer.End, Math.Round((answer.End - answer.Start).TotalSeconds, 6)),
            new VisibilityJson(answer.Source, answer.Kernel, unavailable),
            new ObserverJson(answer.Events, answer.Lost, Math.Round(answer.CpuSeconds, 6), answer.PeakMemoryBytes),
            new TrafficJson(answer.Opened, answer.ClosedNormally, answer.Failed),
            notes,
            null);
    }
}

/// <summary>When it was watched.</summary>
internal sealed record WindowJson(DateTimeOffset Start, DateTimeOffset End, double Seconds);

/// <summary>By what means it was watched, and what these cannot tell.</summary>
internal sealed record VisibilityJson(string Source, string? Kernel, IReadOnlyList<UnavailableJson> Unavailable);

/// <summary>A cause that cannot be told, and what that needs.</summary>
internal sealed record UnavailableJson(string Cause, string Needs);

/// <summary>What watching saw and cost.</summary>
internal sealed record ObserverJson(long Events, long Lost, double CpuSeconds, long PeakMemoryBytes);

/// <summary>The connections counted.</summary>
internal sealed record TrafficJson(long Opened, long ClosedNormally, long Failed);
