using System.Globalization;
using Tcpwhy.History;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Commands;

/// <summary>Moments in the past as people write them: 2h ago as 2h, or a time of day, or a date with one.</summary>
internal static class PastTime
{
    /// <summary>Reads what an option was given.</summary>
    /// <exception cref="ToolException">It is no time, or lies ahead.</exception>
    public static DateTimeOffset Read(string option, string given, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (Ago(given) is { } ago)
            return now - ago;
        if (DateOnly.TryParseExact(given, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
            return new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), zone.GetUtcOffset(date.ToDateTime(TimeOnly.MinValue)));
        // A time of day without seconds is read as one here, where nothing else can be meant.
        string whole = given.Length is 4 or 5 && given.IndexOf(':', StringComparison.Ordinal) > 0 ? given + ":00" : given;
        LogLine? line = null;
        try
        {
            line = LogLine.Read(whole, now, zone);
        }
        catch (ToolException)
        {
            // Said below, with the option's name.
        }
        if (line is not { Times.Count: > 0 })
            throw new ToolException($"{option} takes a time as 2h (ago), 14:02 or '2026-11-22 14:02:11', not '{given}'", ExitCode.Usage);
        return line.Times[0].Time <= now ? line.Times[0].Time : throw new ToolException($"{option}: {given} is in the future", ExitCode.Usage);
    }

    private static TimeSpan? Ago(string given)
    {
        if (Duration.TryParse(given, out TimeSpan duration))
            return duration;
        return given is [.. var digits, 'd'] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int days) && days is > 0 and < 3660 ? TimeSpan.FromDays(days) : null;
    }
}
