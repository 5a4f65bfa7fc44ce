using System.Text.Json;
using Tcpwhy.Lab;
using Tcpwhy.Tests.Cli;

namespace Tcpwhy.Tests.Lab;

/// <summary>The score that was last committed, docs/score.json: what <c>tcpwhy lab run all --variations --format json</c> wrote.</summary>
sealed class LabScore
{
    readonly Dictionary<string, JsonElement> _causes;

    LabScore(JsonElement score) => _causes = score.GetProperty("causes").EnumerateArray().ToDictionary(cause => cause.GetProperty("cause").GetString()!);

    public static LabScore Committed { get; } = new(JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/score.json"))).RootElement);

    /// <summary>Causes that were made and scored.</summary>
    public IReadOnlyCollection<string> Causes => _causes.Keys;

    /// <summary>In how many of its variations it was named first, as 5 of 5.</summary>
    public string Named(string cause) =>
        _causes.TryGetValue(cause, out JsonElement score) ? $"{score.GetProperty("named")} of {score.GetProperty("made")}"
        : FaultCatalogue.Find(cause) is null ? "–" : "not yet";

    /// <summary>What else was called trouble when it was made, and in how many variations.</summary>
    public string Confused(string cause) =>
        _causes.TryGetValue(cause, out JsonElement score) && score.GetProperty("confusions").EnumerateObject().ToArray() is [_, ..] confusions
            ? string.Join(", ", confusions.Select(other => $"{other.Name} ({other.Value})")) : "–";
}
