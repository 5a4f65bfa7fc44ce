using System.Text.Json;
using Tcpwhy.Lab;
using Tcpwhy.Tests.Cli;

namespace Tcpwhy.Tests.Lab;

/// <summary>The score that was last committed, docs/score.json: what <c>tcpwhy lab run all --variations --format json</c> wrote.</summary>
sealed class LabScore
{
    readonly JsonElement _score;
    readonly Dictionary<string, JsonElement> _causes;

    LabScore(JsonElement score)
    {
        _score = score;
        _causes = score.GetProperty("causes").EnumerateArray().ToDictionary(cause => cause.GetProperty("cause").GetString()!);
    }

    public static LabScore Committed { get; } = new(JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/score.json"))).RootElement);

    /// <summary>Causes that were made and scored.</summary>
    public IReadOnlyCollection<string> Causes => _causes.Keys;

    public double Recall => _score.GetProperty("recall").GetDouble();
    public double Precision => _score.GetProperty("precision").GetDouble();

    /// <summary>In how many variations it was made, and named first.</summary>
    public (int Made, int Named) Counts(string cause) => (_causes[cause].GetProperty("made").GetInt32(), _causes[cause].GetProperty("named").GetInt32());

    /// <summary>What else was called trouble when it was made, and in how many variations.</summary>
    public IReadOnlyDictionary<string, int> Confusions(string cause) =>
        _causes[cause].GetProperty("confusions").EnumerateObject().ToDictionary(other => other.Name, other => other.Value.GetInt32());

    /// <summary>Kinds of healthy traffic, how many requests each made, and what was called trouble.</summary>
    public IEnumerable<(string Name, int Requests, string[] Alarms)> Healthy => _score.GetProperty("healthy").EnumerateArray()
        .Select(kind => (kind.GetProperty("name").GetString()!, kind.GetProperty("requests").GetInt32(), kind.GetProperty("false_alarms").EnumerateArray().Select(alarm => alarm.ToString()).ToArray()));

    /// <summary>In how many of its variations it was named first, as 5 of 5.</summary>
    public string Named(string cause) =>
        _causes.TryGetValue(cause, out JsonElement score) ? $"{score.GetProperty("named")} of {score.GetProperty("made")}"
        : FaultCatalogue.Find(cause) is null ? "–" : "not yet";

    /// <summary>The same as text, or a dash.</summary>
    public string Confused(string cause) =>
        _causes.ContainsKey(cause) && Confusions(cause) is { Count: > 0 } confusions
            ? string.Join(", ", confusions.Select(other => $"{other.Key} ({other.Value})")) : "–";
}
