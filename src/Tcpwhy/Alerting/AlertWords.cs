using System.Globalization;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Alerting;

/// <summary>What is said of an alert, in the language of whoever receives it. Names from outside stand in it as they are: who shows it escapes it.</summary>
public sealed class AlertWords(Language language)
{
    internal const string Test = "test";

    /// <summary>What is watched, as the title of a cause or "ephemeral ports 10.0.0.1 → 10.0.9.8:443".</summary>
    public string What(Alert alert) => alert.Signal == Test ? T("a test of tcpwhy, nothing is wrong") : alert.Unit == SignalUnit.Failures && CausePage.Find(alert.Signal) is { } page
        ? page.Title(language)
        : string.Format(CultureInfo.InvariantCulture, T(AlertSignal.Find(alert.Signal)?.Phrase ?? alert.Signal), alert.Subject);

    /// <summary>One sentence: what is watched, its value, its threshold.</summary>
    public string Summary(AlertChange change)
    {
        Alert alert = change.Alert;
        string what = What(alert);
        return (change.Kind, change.End) switch
        {
            (AlertChangeKind.Resolved, AlertEnd.RuleGone) => T("{0}: no longer watched, its rule is gone", what),
            (AlertChangeKind.Resolved, AlertEnd.NotMeasured) => T("{0}: no longer watched, it cannot be measured", what),
            (AlertChangeKind.Resolved, _) => T("{0}: {1}, down from {2} at most, after {3}", what, Value(alert), Value(alert with { Value = alert.Peak }), Time(change.Time - alert.Fired)),
            (AlertChangeKind.Repeated, _) => T("{0}: {1}, over {2} for {3}", what, Value(alert), Number(alert, alert.Threshold), Time(change.Time - alert.Fired)),
            _ => T("{0}: {1}, over {2}", what, Value(alert), Number(alert, alert.Threshold)),
        };
    }

    /// <summary>One or two words for what happened: critical, warning, resolved.</summary>
    public string State(AlertChange change) => change.Kind == AlertChangeKind.Resolved ? T("resolved") : State(change.Alert.Severity);

    public string State(Severity severity) => severity == Severity.Critical ? T("critical") : T("warning");

    /// <summary>What diagnosis says of it, what to change, and what shows more: a line each.</summary>
    public IReadOnlyList<string> Details(Alert alert)
    {
        List<string> lines = [];
        if (alert.Evidence is { } evidence)
        {
            CausePage page = CausePage.Of(evidence.Cause);
            if (page.Sentence("explanation", language) is { } explanation)
                lines.Add(CausePage.Fill(explanation, evidence.Facts, null));
            if (evidence.Remedy is { } remedy && page.Sentence("remedy." + remedy.Key, language) is { } advice)
            {
                lines.Add("→ " + CausePage.Fill(advice, evidence.Facts, remedy));
                if (remedy.Setting is { } setting)
                    lines.Add(remedy.To is { } to ? $"  {setting} = {to}" : $"  {setting}");
            }
        }
        lines.Add(T("More: {0}", Command(alert)));
        return lines;
    }

    /// <summary>The command that shows more.</summary>
    public static string Command(Alert alert) => alert.Evidence is { } evidence && alert.Unit == SignalUnit.Share && alert.Subject.Length == 0
        ? $"tcpwhy explain {evidence.Cause}"
        : AlertSignal.Find(alert.Signal)?.Command ?? "tcpwhy summary";

    /// <summary>The value with its unit, as 86 % or 12 within 1m.</summary>
    public string Value(Alert alert) => alert.Unit == SignalUnit.Failures
        ? T("{0} within {1}", Number(alert, alert.Value), Time(alert.Window))
        : Number(alert, alert.Value);

    /// <summary>A number in the alert's unit.</summary>
    public static string Number(Alert alert, double value) => alert.Unit switch
    {
        SignalUnit.Share => (value * 100).ToString(value < 0.1 ? "0.##" : "0.#", CultureInfo.InvariantCulture) + " %",
        SignalUnit.PerSecond => value.ToString(value < 100 ? "#,0.#" : "N0", CultureInfo.InvariantCulture) + "/s",
        _ => value.ToString("#,0.##", CultureInfo.InvariantCulture),
    };

    /// <summary>A time as 45s, 12m or 3h20m.</summary>
    private static string Time(TimeSpan time) => time.TotalSeconds switch
    {
        < 1 => "0s",
        < 120 and not 60 => $"{(long)time.TotalSeconds}s",
        < 7200 and not 3600 => $"{(long)time.TotalMinutes}m",
        _ => time.Minutes == 0 ? $"{(long)time.TotalHours}h" : $"{(long)time.TotalHours}h{time.Minutes}m",
    };

    private string T(string phrase) => Translations.Get(language, phrase);

    private string T(string phrase, params object[] values) => string.Format(CultureInfo.InvariantCulture, T(phrase), values);
}
