using System.Globalization;
using System.Net;
using Tcpwhy.Patterns;

namespace Tcpwhy.Cli.Ui;

/// <summary>A pattern in one sentence, with its numbers.</summary>
internal static class PatternWords
{
    /// <summary>What it is called in JSON.</summary>
    public static string Code(Pattern pattern) => pattern switch
    {
        InsufficientData => "insufficient-data",
        Trend { PerSecond: > 0, IsRapid: true } => "rapid-increase",
        Trend { PerSecond: > 0 } => "increase",
        Trend { IsRapid: true } => "rapid-decrease",
        Trend => "decrease",
        Periodic => "periodic",
        LevelShift => "level-shift",
        FollowsLoad => "follows-load",
        StartsAbove => "starts-above",
        FollowsRestart => "follows-restart",
        FollowsClock => "follows-time-of-day",
        FollowsPeer => "follows-peer",
        _ => "normal",
    };

    public static string Of(Pattern pattern, Screen screen)
    {
        string name = Name(pattern.Subject, screen);
        string told = pattern switch
        {
            InsufficientData few => screen.T("{0}: too few points to tell ({1} of {2})", name, few.Points, few.Needed),
            Normal { Low: var low, High: var high } when low == high => screen.T("{0}: always {1}", name, Number(low)),
            Normal normal => screen.T("{0}: no trend, no period, no shift; from {1} to {2} around {3}", name, Number(normal.Low), Number(normal.High), Number(normal.Median)),
            Trend { PerSecond: > 0 } trend => screen.T("{0}: rises by {1} (95 % between {2} and {3}), from {4} to {5}", Slope(name, trend, screen)),
            Trend trend => screen.T("{0}: falls by {1} (95 % between {2} and {3}), from {4} to {5}", Slope(name, trend, screen)),
            Periodic wave => screen.T("{0}: comes back every {1} ({2} times here), between {3} and {4}; a peak was at {5} UTC", name, Measure.Of(wave.Period), wave.Cycles.ToString("0", CultureInfo.InvariantCulture), Number(wave.Low), Number(wave.High), Clock(wave.Peak)),
            LevelShift shift => screen.T("{0}: went from {1} to {2} at {3} UTC and stayed there", name, Number(shift.Before), Number(shift.After), Clock(shift.At)),
            FollowsLoad load => screen.T("{0}: go up and down with {1} (rank correlation {2} over {3} independent points)", name, Name(load.Other, screen), load.Correlation.ToString("0.00", CultureInfo.InvariantCulture), load.Points.ToString("0", CultureInfo.InvariantCulture)),
            StartsAbove { Starts: true } start => screen.T("{0}: start when {1} pass {2}: {3} per point above, {4} below", name, Name(start.Other, screen), Number(start.Threshold), Number(start.Above), Number(start.Below)),
            StartsAbove start => screen.T("{0}: rise when {1} pass {2}: {3} per point above, {4} below", name, Name(start.Other, screen), Number(start.Threshold), Number(start.Above), Number(start.Below)),
            FollowsRestart again => screen.T("{0}: {1} of {2} came within {3} of a restart of {4} ({5} restarts, {6} of the time)", name, Measure.Number(again.Near), Measure.Number(again.Total), Measure.Of(again.Within), again.Comm, again.Restarts, Measure.Percent(again.Share)),
            FollowsClock clock => screen.T("{0}: {1} an hour between {2}:00 and {3}:00 UTC, {4} at other times ({5} days)", name, Number(clock.There), Hour(clock.FromHour), Hour(clock.ToHour), Number(clock.Elsewhere), clock.Days),
            FollowsPeer peer => screen.T("{0}: {1} of {2} are with {3}, which has {4} of the connections", name, Measure.Number(peer.Count), Measure.Number(peer.Total), peer.Peer.Length == 0 ? screen.T("other peers") : peer.Peer, Measure.Percent(peer.Share)),
            _ => name,
        };
        return pattern.P is { } p ? $"{told} ({Chance(p)})" : told;
    }

    /// <summary>The series' name in the reader's language; an address stands for the connections to it.</summary>
    public static string Name(string name, Screen screen) => IPAddress.TryParse(name, out _) ? screen.T("connections to {0}", name) : screen.T(name);

    /// <summary>A value with three digits that tell, thousands apart.</summary>
    public static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 100 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        >= 0.01 => value.ToString("0.##", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##e0", CultureInfo.InvariantCulture),
    };

    private static string Chance(double p) => p < 0.0001 ? "p < 0.0001" : $"p = {p.ToString("0.####", CultureInfo.InvariantCulture)}";

    // The unit of time in which the slope is a number that one can imagine.
    private static object[] Slope(string name, Trend trend, Screen screen)
    {
        (double seconds, string rate) = Math.Abs(trend.PerSecond) switch
        {
            >= 1 => (1.0, "{0} a second"),
            >= 1.0 / 60 => (60, "{0} a minute"),
            >= 1.0 / 3600 => (3600, "{0} an hour"),
            _ => (86_400, "{0} a day"),
        };
        double sign = Math.Sign(trend.PerSecond) * seconds;
        (double one, double other) = (trend.Least * sign, trend.Most * sign);
        return [name, screen.T(rate, Number(trend.PerSecond * sign)), Number(Math.Min(one, other)), Number(Math.Max(one, other)), Number(trend.From), Number(trend.To)];
    }

    private static string Clock(DateTimeOffset time) => Measure.Seconds(time);

    private static string Hour(int hour) => hour.ToString("00", CultureInfo.InvariantCulture);
}
