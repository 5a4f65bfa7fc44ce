using System.Text.Json.Serialization;
using Tcpwhy.Patterns;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>A pattern: its code, its sentence, and the numbers that the sentence has; those that it has not are absent.</summary>
internal sealed record PatternJson(string Series, string Pattern, double? P, string Text)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Other { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public DateTimeOffset? At { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public double? PerSecond { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public double? PeriodSeconds { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public double? Threshold { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public double? Correlation { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public double? From { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public double? To { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public double? Share { get; init; }

    public static PatternJson Of(Pattern pattern, Screen screen)
    {
        PatternJson one = new(pattern.Subject, PatternWords.Code(pattern), pattern.P, PatternWords.Of(pattern, screen));
        return pattern switch
        {
            Normal normal => one with { From = Round(normal.Low), To = Round(normal.High) },
            Trend trend => one with { PerSecond = Round(trend.PerSecond), From = Round(trend.From), To = Round(trend.To) },
            Periodic wave => one with { PeriodSeconds = Round(wave.Period.TotalSeconds), From = Round(wave.Low), To = Round(wave.High), At = wave.Peak, Share = Round(wave.Share) },
            LevelShift shift => one with { At = shift.At, From = Round(shift.Before), To = Round(shift.After) },
            FollowsLoad load => one with { Other = load.Other, Correlation = Round(load.Correlation) },
            StartsAbove start => one with { Other = start.Other, Threshold = Round(start.Threshold), From = Round(start.Below), To = Round(start.Above) },
            FollowsRestart again => one with { Other = again.Comm, At = again.First, Share = Round((double)again.Near / again.Total) },
            FollowsClock clock => one with { From = clock.FromHour, To = clock.ToHour },
            FollowsPeer peer => one with { Other = peer.Peer, Share = Round((double)peer.Count / peer.Total) },
            _ => one,
        };
    }

    private static double Round(double value) => Math.Round(value, 6);
}
