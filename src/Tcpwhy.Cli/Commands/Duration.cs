using System.CommandLine;
using System.Globalization;
using Tcpwhy.Cli.Ui;

namespace Tcpwhy.Cli.Commands;

/// <summary>Durations as people write them: 500ms, 30s, 5m, 2h.</summary>
internal static class Duration
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    /// <summary>Reads a number with its unit; more than 0, at most 24 days (what a timer can count).</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        int digits = text.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        double milliseconds = text.AsSpan(digits) switch
        {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => 0,
        };
        if (milliseconds == 0 || !double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            return false;
        milliseconds *= number;
        if (!(milliseconds >= 1) || milliseconds > Longest.TotalMilliseconds)
            return false;
        duration = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }

    /// <summary>An option that takes a duration.</summary>
    public static Option<TimeSpan> Option(Session session, string name, string description, TimeSpan otherwise) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            string given = result.Tokens[0].Value;
            if (!TryParse(given, out TimeSpan duration))
                result.AddError(session.Talk.T("{0} takes a duration as 500ms, 30s, 5m or 2h, not '{1}'", name, given));
            return duration;
        },
    };
}
