using System.Globalization;
using System.Text.RegularExpressions;

namespace Tcpwhy.History;

/// <summary>Finds moments in any text as logs write them: ISO 8601, syslog, nginx, Apache and HAProxy, Java and Python, epoch, American, European and Korean dates.</summary>
internal static partial class LogTimes
{
    private const string Month = "(?<mn>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?";
    private const string Clock =
        "(?:(?<half>am|pm|오전|오후)\\s*)?(?:(?<h>\\d{1,2}):(?<mi>\\d{2})(?::(?<s>\\d{2})(?:[.,:](?<f>\\d{1,9}))?)?(?!\\d)|(?<h>\\d{1,2})시\\s?(?<mi>\\d{1,2})분(?:\\s?(?<s>\\d{1,2})초)?)(?:\\s?(?<half>am|pm)\\b)?";
    private const string Zone =
        "(?:\\s?(?<z>z\\b|(?:utc|gmt)(?:[+-]\\d{1,2}(?::?\\d{2})?)?(?![a-z])|[+-]\\d{2}:?\\d{2}(?!\\d)|(?:kst|jst|sgt|hkt|est|edt|cst|cdt|mst|mdt|pst|pdt|cet|cest|eet|eest|msk)\\b))?";
    private const string Date =
        "(?:(?<y>\\d{4})[-/.](?<mo>\\d{1,2})[-/.](?<d>\\d{1,2})"
        + "|(?<y>\\d{4})(?:년\\s?|\\.\\s)(?<mo>\\d{1,2})(?:월\\s?|\\.\\s)(?<d>\\d{1,2})(?:일|\\.)(?:\\s?\\(?[월화수목금토일](?:요일)?\\)?)?"
        + "|(?<y>\\d{4})(?<mo>\\d{2})(?<d>\\d{2})"
        + "|(?<d>\\d{1,2})[-/ ]" + Month + "[-/ ](?<y>\\d{4})"
        + "|" + Month + "\\s{1,2}(?<d>\\d{1,2})(?:,?\\s(?<y>\\d{4}))?"
        + "|(?<one>\\d{1,2})[-/.](?<two>\\d{1,2})[-/.](?<y>\\d{4})"
        + "|(?<=\\b[IWEF])(?<mo>\\d{2})(?<d>\\d{2}))";

    [GeneratedRegex("(?<!\\d)" + Date + "(?:[t_:]|,?\\s{1,3}(?:at\\s)?)" + Clock + "(?:\\s(?<y2>(?:19|20)\\d{2})(?!\\d))?" + Zone, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex("(?<!\\d)(?<y>\\d{4})(?<mo>\\d{2})(?<d>\\d{2})t?(?<h>\\d{2})(?<mi>\\d{2})(?<s>\\d{2})(?:[.,](?<f>\\d{1,9}))?(?!\\d)" + Zone, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Compact();

    [GeneratedRegex("(?<![\\d.]|\\d[:/-])(?:(?<e>\\d{10})(?:\\.(?<f>\\d{1,9}))?|(?<e>\\d{13})|(?<e>\\d{16})|(?<e>\\d{19}))(?![\\d:]|\\.\\d)")]
    private static partial Regex Epoch();

    [GeneratedRegex("(?<![\\d:.])" + Clock + Zone, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TimeOfDay();

    /// <summary>The moments, in the order of the text, and where they stand. A time of day alone is the last such before <paramref name="now"/>, and counts when the text names no date.</summary>
    public static List<LogTime> Find(string text, DateTimeOffset now, TimeZoneInfo zone, Action<int, int> taken)
    {
        List<LogTime> times = [];
        foreach (Regex form in (ReadOnlySpan<Regex>)[Whole(), Compact()])
        {
            foreach (Match match in form.Matches(text))
            {
                if (Read(match, now, zone) is { Count: > 0 } read)
                {
                    times.AddRange(read);
                    taken(match.Index, match.Length);
                }
            }
        }
        foreach (Match match in Epoch().Matches(text))
        {
            if (SinceEpoch(match, now) is { } time)
            {
                times.Add(time);
                taken(match.Index, match.Length);
            }
        }
        bool dated = times.Count > 0;
        foreach (Match match in TimeOfDay().Matches(text))
        {
            // Hours and minutes alone are as often a ratio or a part of an address.
            if (!match.Groups["s"].Success && !match.Groups["half"].Success)
                continue;
            if (!dated)
                times.AddRange(Read(match, now, zone));
            taken(match.Index, match.Length);
        }
        return [.. times.Distinct()];
    }

    private static List<LogTime> Read(Match match, DateTimeOffset now, TimeZoneInfo zone)
    {
        List<LogTime> times = [];
        if (TimeOfDayOf(match) is not { } clock)
            return times;
        string named = match.Groups["z"].Value;
        TimeSpan? offset = named.Length == 0 ? null : OffsetOf(named);
        foreach ((int? year, int month, int day) in Dates(match, now, offset, zone))
        {
            if (DateOf(year, month, day, clock.Time, now) is not { } local)
                continue;
            if (offset is { } known)
            {
                times.Add(new LogTime(new DateTimeOffset(local, known).ToUniversalTime(), clock.Precision));
                continue;
            }
            // An hour that winter time repeats is both.
            TimeSpan[] offsets = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local) : [zone.GetUtcOffset(local)];
            foreach (TimeSpan possible in offsets)
                times.Add(new LogTime(new DateTimeOffset(local, possible).ToUniversalTime(), clock.Precision));
            if (!offsets.Contains(TimeSpan.Zero))
                times.Add(new LogTime(new DateTimeOffset(local, TimeSpan.Zero), clock.Precision, AsUtc: true));
        }
        return times;
    }

    private static IEnumerable<(int? Year, int Month, int Day)> Dates(Match match, DateTimeOffset now, TimeSpan? offset, TimeZoneInfo zone)
    {
        int? year = Number(match, "y") ?? Number(match, "y2");
        if (Number(match, "one") is { } one && Number(match, "two") is { } two)
        {
            // 03/04/2026 is April in one half of the world and March in the other.
            yield return (year, two, one);
            if (one != two)
                yield return (year, one, two);
        }
        else if (match.Groups["mn"].Success)
        {
            const string Names = "janfebmaraprmayjunjulaugsepoctnovdec";
            yield return (year, (Names.IndexOf(match.Groups["mn"].Value, StringComparison.OrdinalIgnoreCase) / 3) + 1, Number(match, "d") ?? 0);
        }
        else if (Number(match, "mo") is { } month)
        {
            yield return (year, month, Number(match, "d") ?? 0);
        }
        else
        {
            // The last such time of day, which may have been yesterday's; a minute's grace for clocks that differ.
            DateTimeOffset local = now.ToOffset(offset ?? zone.GetUtcOffset(now));
            TimeSpan clock = TimeOfDayOf(match)!.Value.Time;
            DateTimeOffset day = clock > local.TimeOfDay + TimeSpan.FromMinutes(1) ? local.AddDays(-1) : local;
            yield return (day.Year, day.Month, day.Day);
        }
    }

    /// <summary>The date; without a year the last such that is no more than a day ahead.</summary>
    private static DateTime? DateOf(int? year, int month, int day, TimeSpan clock, DateTimeOffset now)
    {
        int chosen = year ?? now.Year + 1;
        if (chosen is < 1990 or > 2200 || month is < 1 or > 12)
            return null;
        for (int tries = 0; tries < 9; tries++, chosen--)
        {
            bool exists = day >= 1 && day <= DateTime.DaysInMonth(chosen, month);
            if (exists && (year is not null || new DateTime(chosen, month, day) + clock <= now.UtcDateTime.AddDays(1)))
                return new DateTime(chosen, month, day) + clock;
            if (year is not null)
                return null;
        }
        return null;
    }

    private static (TimeSpan Time, TimeSpan Precision)? TimeOfDayOf(Match match)
    {
        if (Number(match, "h") is not { } hour || Number(match, "mi") is not { } minute)
            return null;
        string half = match.Groups["half"].Value.ToLowerInvariant();
        if (half.Length > 0)
        {
            if (hour is < 1 or > 12)
                return null;
            hour = (hour % 12) + (half is "pm" or "오후" ? 12 : 0);
        }
        int second = Number(match, "s") ?? 0;
        if (hour > 23 || minute > 59 || second > 60)
            return null;
        string fraction = match.Groups["f"].Value;
        TimeSpan time = new TimeSpan(hour, minute, Math.Min(second, 59)) + Fraction(fraction);
        TimeSpan precision = !match.Groups["s"].Success ? TimeSpan.FromMinutes(1)
            : fraction.Length == 0 ? TimeSpan.FromSeconds(1)
            : TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerSecond / (long)Math.Pow(10, fraction.Length), 1));
        return (time, precision);
    }

    private static LogTime? SinceEpoch(Match match, DateTimeOffset now)
    {
        string digits = match.Groups["e"].Value;
        long ticksPerUnit = digits.Length switch
        {
            10 => TimeSpan.TicksPerSecond,
            13 => TimeSpan.TicksPerMillisecond,
            16 => TimeSpan.TicksPerMicrosecond,
            _ => 0,
        };
        long number = long.Parse(digits, CultureInfo.InvariantCulture);
        DateTimeOffset time = DateTimeOffset.UnixEpoch.AddTicks(ticksPerUnit == 0 ? number / 100 : number * ticksPerUnit) + Fraction(match.Groups["f"].Value);
        // Other numbers of ten digits are identifiers.
        if (time < now.AddYears(-10) || time > now.AddDays(1))
            return null;
        TimeSpan precision = match.Groups["f"].Success ? TimeSpan.FromMilliseconds(1) : TimeSpan.FromTicks(Math.Max(ticksPerUnit, 1));
        return new LogTime(time, precision);
    }

    private static TimeSpan? OffsetOf(string zone)
    {
        string name = zone.ToUpperInvariant();
        double? hours = name switch
        {
            "Z" or "UTC" or "GMT" => 0,
            "KST" or "JST" => 9,
            "SGT" or "HKT" => 8,
            "MSK" or "EEST" => 3,
            "CEST" or "EET" => 2,
            "CET" => 1,
            "EDT" => -4,
            "EST" or "CDT" => -5,
            "CST" or "MDT" => -6,
            "MST" or "PDT" => -7,
            "PST" => -8,
            _ => null,
        };
        if (hours is { } known)
            return TimeSpan.FromHours(known);
        int sign = name.IndexOfAny(['+', '-']);
        string digits = name[(sign + 1)..].Replace(":", "", StringComparison.Ordinal);
        int number = int.Parse(digits, CultureInfo.InvariantCulture);
        (int hour, int minute) = digits.Length <= 2 ? (number, 0) : (number / 100, number % 100);
        if (hour > 14 || minute > 59)
            return null;
        var offset = new TimeSpan(hour, minute, 0);
        return name[sign] == '-' ? -offset : offset;
    }

    private static TimeSpan Fraction(string digits) =>
        digits.Length == 0 ? TimeSpan.Zero : TimeSpan.FromTicks((long)(decimal.Parse($"0.{digits}", CultureInfo.InvariantCulture) * TimeSpan.TicksPerSecond));

    private static int? Number(Match match, string group) =>
        match.Groups[group] is { Success: true } found ? int.Parse(found.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : null;
}
