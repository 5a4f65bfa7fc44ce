using System.Text.Json;
using Tcpwhy.Texts;

namespace Tcpwhy.Alerting;

/// <summary>A change of an alert as <c>tcpwhy.alert/1</c>, see docs/schemas/alert.json: a line of the file, the body of a webhook.</summary>
internal sealed record AlertDocument
{
    public string Schema { get; init; } = "tcpwhy.alert/1";

    /// <summary>The same at every attempt to deliver it.</summary>
    public required string Id { get; init; }

    /// <summary>fired, escalated, eased, repeated or resolved.</summary>
    public required string Change { get; init; }
    public required string Status { get; init; }
    public required DateTimeOffset Time { get; init; }
    public required string Host { get; init; }
    public required string Rule { get; init; }
    public required string Severity { get; init; }
    public required string Signal { get; init; }
    public required string Subject { get; init; }
    public required string? Cause { get; init; }
    public required double Value { get; init; }
    public required double Peak { get; init; }
    public required double Threshold { get; init; }
    public required double Clear { get; init; }
    public required string Unit { get; init; }
    public required double? WindowSeconds { get; init; }
    public required DateTimeOffset Fired { get; init; }
    public required DateTimeOffset? Resolved { get; init; }
    public required string Summary { get; init; }
    public required IReadOnlyList<string> Details { get; init; }

    /// <summary>The command that shows more.</summary>
    public required string More { get; init; }

    public static AlertDocument Of(AlertNotice notice, string host, Language language)
    {
        (AlertChange change, Alert alert) = (notice.Change, notice.Change.Alert);
        var words = new AlertWords(language);
        return new AlertDocument
        {
            Id = notice.Id,
            Change = Lower(change.Kind.ToString()),
            Status = change.Kind == AlertChangeKind.Resolved ? "resolved" : "firing",
            Time = change.Time,
            Host = host,
            Rule = alert.Rule,
            Severity = Lower(alert.Severity.ToString()),
            Signal = alert.Signal,
            Subject = alert.Subject,
            Cause = alert.Evidence?.Cause,
            Value = Math.Round(alert.Value, 6),
            Peak = Math.Round(alert.Peak, 6),
            Threshold = alert.Threshold,
            Clear = Math.Round(alert.Clear, 6),
            Unit = alert.Unit switch
            {
                SignalUnit.PerSecond => "per_second",
                SignalUnit.Share => "share",
                SignalUnit.Failures => "connections_in_window",
                _ => "count",
            },
            WindowSeconds = alert.Window > TimeSpan.Zero ? alert.Window.TotalSeconds : null,
            Fired = alert.Fired,
            Resolved = alert.Resolved,
            Summary = words.Summary(change),
            Details = words.Details(alert),
            More = AlertWords.Command(alert),
        };
    }

    /// <summary>One line, without line break.</summary>
    public byte[] Line() => JsonSerializer.SerializeToUtf8Bytes(this, AlertShapes.Written.AlertDocument);

    private static string Lower(string word) => word.ToLowerInvariant();
}
