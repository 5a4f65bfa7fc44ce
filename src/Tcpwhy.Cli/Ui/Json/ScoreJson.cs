using Tcpwhy.Lab;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>How the diagnosis did in the lab, as <c>tcpwhy.score/1</c>: see docs/schemas/score.json.</summary>
internal sealed record ScoreJson(string Schema, double Recall, double Precision, IReadOnlyList<CauseScoreJson> Causes, IReadOnlyList<HealthyJson> Healthy)
{
    public static ScoreJson Of(Score score) => new("tcpwhy.score/1", Math.Round(score.Recall, 4), Math.Round(score.Precision, 4), [.. score.Causes.Select(CauseScoreJson.Of)],
        [.. score.Healthy.Select(trial => new HealthyJson(trial.Kind.Name, trial.Run?.Requests, [.. trial.Alarms.Select(alarm => alarm.Cause)], trial.Obstacle))]);
}

/// <summary>One cause: in how many variations it was named first, and what else was called trouble.</summary>
internal sealed record CauseScoreJson(string Cause, int Made, int Named, int Exact, IReadOnlyList<VariationJson> Variations, IReadOnlyDictionary<string, int> Confusions)
{
    public static CauseScoreJson Of(CauseScore score) => new(score.Cause, score.Made, score.Named, score.Exact,
        [.. score.Tried.Select(tried => new VariationJson(tried.Variation, tried.Trial.Made?.Count, tried.Trial.Counted, tried.Trial.First?.Cause, tried.Trial.Obstacle))],
        score.Confusions);
}

/// <summary>One variation; said is the first finding's cause, obstacle why it could not be made.</summary>
internal sealed record VariationJson(string Name, int? Made, int Counted, string? Said, string? Obstacle);

/// <summary>One kind of healthy traffic; requests is null when it could not run, false_alarms has the causes of findings beyond normal life.</summary>
internal sealed record HealthyJson(string Name, long? Requests, IReadOnlyList<string> FalseAlarms, string? Obstacle);
