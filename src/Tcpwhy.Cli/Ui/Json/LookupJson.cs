using Tcpwhy.History;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>The answer to <c>diagnose --at</c> as <c>tcpwhy.lookup/1</c>: see docs/schemas/lookup.json.</summary>
internal sealed record LookupJson(string Schema, ReadLineJson Line, bool? Watched, int Fitting, CandidateJson? Found, IReadOnlyList<CandidateJson> Near)
{
    public static LookupJson Of(LookupAnswer answer, Screen screen) => new(
        "tcpwhy.lookup/1",
        new ReadLineJson(
            [.. answer.Line.Times.Select(time => new LineTimeJson(time.Time, time.Precision.TotalSeconds, time.AsUtc))],
            [.. answer.Line.Ends.Select(end => Ends.Of(end)).OfType<string>()],
            answer.Line.Ports),
        answer.Watched,
        answer.Fitting,
        answer.Found is { } found ? CandidateJson.Of(found, screen) : null,
        [.. answer.Near.Select(near => CandidateJson.Of(near, screen))]);
}

/// <summary>What was read in the line.</summary>
internal sealed record ReadLineJson(IReadOnlyList<LineTimeJson> Times, IReadOnlyList<string> Ends, IReadOnlyList<int> Ports);

/// <summary>A moment that the line may mean.</summary>
internal sealed record LineTimeJson(DateTimeOffset Time, double PrecisionSeconds, bool AsUtc);

/// <summary>A connection that the line may speak of.</summary>
internal sealed record CandidateJson(string Why, double? OffsetSeconds, FindingJson Finding)
{
    public static CandidateJson Of(Candidate candidate, Screen screen) => new(
        LookupText.Why(candidate, screen),
        candidate.Offset is { } offset ? Math.Round(offset.TotalSeconds, 6) : null,
        FindingJson.Of(candidate.Finding, screen.Language));
}
