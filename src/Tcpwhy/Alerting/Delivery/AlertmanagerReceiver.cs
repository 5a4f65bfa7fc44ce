using System.Text.Json;
using Tcpwhy.Model;

namespace Tcpwhy.Alerting.Delivery;

/// <summary>Tells Alertmanager by its API v2. It forgets what it does not hear of again, so what fires is sent every minute, with an end four minutes ahead: when we die, the alert ends without us.</summary>
internal sealed class AlertmanagerReceiver(ReceiverPlan plan, Sender sender, TimeProvider time) : IAlertReceiver
{
    // As Prometheus does it: below any resolve_timeout that is usual (5 min by default).
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Ahead = 4 * Every;
    private const string Path = "api/v2/alerts";
    private readonly HttpPost _http = new(plan, AddressOf, time);
    private readonly AlertWords _words = new(plan.Language ?? sender.Language);

    public int Batch => 50;

    public TimeSpan? Resend => Every;

    public Task<DeliveryResult> SendAsync(IReadOnlyList<AlertNotice> notices, IReadOnlyList<Alert> firing, CancellationToken stop)
    {
        AlertmanagerAlert[] alerts = Alerts(notices, firing, time.GetUtcNow());
        return alerts.Length == 0
            ? Task.FromResult(DeliveryResult.Arrived)
            : _http.SendAsync(JsonSerializer.SerializeToUtf8Bytes(alerts, AlertShapes.Written.AlertmanagerAlertArray), notices.Count > 0 ? notices[^1].Id : "", Judge, stop);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What to send: for each set of labels the last that is known of it.</summary>
    internal AlertmanagerAlert[] Alerts(IReadOnlyList<AlertNotice> notices, IReadOnlyList<Alert> firing, DateTimeOffset now)
    {
        Dictionary<(string, string, Severity), AlertmanagerAlert> alerts = [];
        foreach (AlertNotice notice in notices)
        {
            (AlertChange change, Alert alert) = (notice.Change, notice.Change.Alert);
            // The severity is a label, and so another alert: the one before ends.
            if (change.Before is { } before && before != alert.Severity)
                Put(change, alert with { Severity = before, Changed = alert.Fired < change.Time ? alert.Fired : change.Time }, change.Time);
            Put(change, alert, change.Kind == AlertChangeKind.Resolved ? change.Time : now + Ahead);
        }
        foreach (Alert alert in firing)
        {
            var key = (alert.Rule, alert.Subject, alert.Severity);
            if (!alerts.ContainsKey(key))
                Put(new AlertChange(AlertChangeKind.Repeated, alert, alert.Measured, alert.Severity), alert, now + Ahead);
        }
        return [.. alerts.Values];

        void Put(AlertChange change, Alert alert, DateTimeOffset end) =>
            alerts[(alert.Rule, alert.Subject, alert.Severity)] = new AlertmanagerAlert(Labels(alert), Annotations(change), alert.Changed, end > alert.Changed ? end : alert.Changed);
    }

    private Dictionary<string, string> Labels(Alert alert)
    {
        Dictionary<string, string> labels = new()
        {
            ["alertname"] = alert.Rule,
            ["severity"] = alert.Severity == Severity.Critical ? "critical" : "warning",
            ["instance"] = sender.Host,
            ["job"] = "tcpwhy",
            ["signal"] = alert.Signal,
        };
        if (alert.Subject.Length > 0)
            labels["subject"] = alert.Subject;
        return labels;
    }

    private Dictionary<string, string> Annotations(AlertChange change)
    {
        Dictionary<string, string> annotations = new()
        {
            ["summary"] = _words.Summary(change),
            ["description"] = string.Join('\n', _words.Details(change.Alert)),
            ["value"] = _words.Value(change.Alert),
        };
        if (change.Alert.Evidence is { } evidence)
            annotations["cause"] = evidence.Cause;
        return annotations;
    }

    // Alertmanager answers with nothing; a page of a login or of some proxy also comes with 200.
    private static string? Judge(string body) => body.AsSpan().Trim() is [] or ['{', ..] ? null : "it answered 200 with something else than Alertmanager does: is that its address?";

    private static Uri AddressOf(Uri given)
    {
        string path = given.AbsolutePath;
        return path.EndsWith("/" + Path, StringComparison.Ordinal) ? given : new UriBuilder(given) { Path = path.TrimEnd('/') + "/" + Path }.Uri;
    }
}
