using System.Globalization;

namespace Tcpwhy.Alerting;

/// <summary>A number that a signal should stay at or below.</summary>
/// <param name="Value">In the signal's unit.</param>
/// <param name="Window">For failures, within which time they are counted; else zero.</param>
public readonly record struct Threshold(double Value, TimeSpan Window)
{
    public static readonly TimeSpan UsualWindow = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan LongestWindow = TimeSpan.FromHours(1);
    private const double Most = 1e12;

    /// <summary>What is taken for the unit, to be shown as an example.</summary>
    public static string Wanted(SignalUnit unit) => unit switch
    {
        SignalUnit.Count => "a number, as 1000",
        SignalUnit.PerSecond => "a number per second, as 100/s",
        SignalUnit.Share => "a share, as 0.05 or 5%",
        _ => "a number in a time of at most 1h, as 5/min or 20/5m",
    };

    /// <summary>Reads 1000, 100/s, 5%, 5/min, 20/5m, as the unit allows.</summary>
    public static bool TryParse(string text, SignalUnit unit, out Threshold threshold)
    {
        threshold = default;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        ReadOnlySpan<char> number = slash < 0 ? text : text.AsSpan(0, slash);
        bool percent = number is [.., '%'];
        if (percent)
            number = number[..^1];
        if (!double.TryParse(number.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) || !(value <= Most))
            return false;
        TimeSpan per = slash < 0 ? TimeSpan.Zero : Per(text.AsSpan(slash + 1).Trim());
        if (slash >= 0 && per <= TimeSpan.Zero || percent && unit != SignalUnit.Share)
            return false;
        switch (unit)
        {
            case SignalUnit.Count when slash < 0:
                threshold = new Threshold(value, TimeSpan.Zero);
                return true;
            case SignalUnit.PerSecond:
                threshold = new Threshold(slash < 0 ? value : value / per.TotalSeconds, TimeSpan.Zero);
                return true;
            case SignalUnit.Share when slash < 0:
                threshold = new Threshold(percent ? value / 100 : value, TimeSpan.Zero);
                return threshold.Value <= 1;
            case SignalUnit.Failures:
                // In one second failures cannot be told from a burst: they are counted over a minute.
                bool seconds = per == TimeSpan.FromSeconds(1);
                threshold = new Threshold(seconds ? value * UsualWindow.TotalSeconds : value, slash < 0 || seconds ? UsualWindow : per);
                return threshold.Window >= TimeSpan.FromSeconds(10) && threshold.Window <= LongestWindow;
            default:
                return false;
        }
    }

    private static TimeSpan Per(ReadOnlySpan<char> time)
    {
        int digits = time.LastIndexOfAnyInRange('0', '9') + 1;
        int many = 1;
        if (digits > 0 && !int.TryParse(time[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out many))
            return TimeSpan.Zero;
        double seconds = time[digits..] switch
        {
            "s" or "sec" => 1,
            "m" or "min" => 60,
            "h" => 3600,
            _ => 0,
        };
        return TimeSpan.FromSeconds(Math.Min(seconds * many, 1e6));
    }
}
