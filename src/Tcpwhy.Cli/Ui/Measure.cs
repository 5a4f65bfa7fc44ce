using System.Globalization;

namespace Tcpwhy.Cli.Ui;

/// <summary>Numbers with units, short enough to be read at a glance.</summary>
internal static class Measure
{
    /// <summary>A time span as 250 µs, 1.2 ms, 10.0 s or 4.5 min.</summary>
    public static string Of(TimeSpan span) => Math.Abs(span.TotalMilliseconds) switch
    {
        0 => "0",
        < 1 => $"{span.TotalMicroseconds:0} µs",
        < 1000 => $"{span.TotalMilliseconds:0.0} ms",
        < 120_000 => $"{span.TotalSeconds:0.0} s",
        < 7_200_000 => $"{span.TotalMinutes:0.0} min",
        _ => $"{span.TotalHours:0.0} h",
    };

    /// <summary>A time before (−) or after (+) a moment.</summary>
    public static string Offset(TimeSpan span) => span.Ticks switch
    {
        0 => "0",
        < 0 => "−" + Of(span.Negate()),
        _ => "+" + Of(span),
    };

    /// <summary>Bytes in units of 1000, as 61 MB.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} B",
        < 1_000_000 => $"{bytes / 1e3:0} kB",
        < 1_000_000_000 => $"{bytes / 1e6:0} MB",
        _ => $"{bytes / 1e9:0.0} GB",
    };

    /// <summary>A time of day in UTC to the millisecond.</summary>
    public static string Clock(DateTimeOffset time) => time.ToUniversalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    public static string Seconds(DateTimeOffset time) => time.ToUniversalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Date(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A share of 0 to 1 in percent, with as many digits as tell: 12 %, 3.4 %, 0.02 %.</summary>
    public static string Percent(double share) => (share * 100) switch
    {
        0 => "0 %",
        < 0.1 and var percent => $"{percent:0.0##} %",
        < 10 and var percent => $"{percent:0.##} %",
        var percent => $"{percent:0.#} %",
    };

    /// <summary>A number a second, with a digit behind the point while it is small.</summary>
    public static string Rate(double perSecond) => perSecond.ToString(perSecond < 100 ? "N1" : "N0", CultureInfo.InvariantCulture);

    /// <summary>A count with its thousands apart, as 90,210.</summary>
    public static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
