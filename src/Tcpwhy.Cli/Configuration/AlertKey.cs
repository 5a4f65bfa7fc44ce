namespace Tcpwhy.Cli.Configuration;

/// <summary>A key of the section alerts, of one of its rules, or of one of its receivers.</summary>
/// <param name="Example">A value that is right; … when it depends on the host.</param>
/// <param name="Description">An English phrase, translated when shown.</param>
internal sealed record AlertKey(string Name, string Example, string Description)
{
    public const string Section = "alerts";
    public const string Rules = "rules";
    public const string Receivers = "receivers";

    /// <summary>Keys of the section itself; the first four are thresholds of rules that always are.</summary>
    public static readonly AlertKey[] Own =
    [
        new("max-connections", "1000", "warn over this many TCP connections, critical over twice as many; off to watch none"),
        new("time-wait-threshold", "5000", "warn over this many sockets in TIME_WAIT, critical over twice as many; or off"),
        new("connection-rate-threshold", "100/s", "warn over this many new connections per second; or off"),
        new("error-rate-threshold", "0.05", "warn when a greater share of connections fails, critical from 0.2; or off"),
        new("headroom", "80%", "warn when so much of a limit is used (ports, queues, conntrack, orphans, memory, descriptors), critical from 95%; or off"),
        new("for", "5s", "how long a value must stay over its threshold; 0s for at once"),
        new("repeat", "4h", "how often an alert that lasts is told again"),
    ];

    public static readonly AlertKey[] OfRule =
    [
        new("when", "failures", "what is watched: the code of a cause, any-cause, failures, error-rate, connections, time-wait, connection-rate, retransmits, listen-drops, ephemeral-ports, accept-queue, conntrack, orphans, tcp-memory, time-wait-table, files, descriptors"),
        new("warning", "5/min", "over this it is a warning"),
        new("critical", "50/min", "over this it is critical"),
        new("clear", "2/min", "at this or below it ends; without it, nine tenths of the lower threshold"),
        new("for", "30s", "how long it must stay over"),
        new("repeat", "1h", "how often it is told again while it lasts"),
    ];

    /// <summary>For rules on error-rate alone.</summary>
    public static readonly AlertKey AtLeast = new("at-least", "20", "of how many connections the share is taken at least");

    public static readonly AlertKey[] OfReceiver =
    [
        new("to", "alertmanager", "alertmanager, slack, webhook, file or journal; the terminal is always told"),
        new("url", "http://localhost:9093", "where, for those by HTTP"),
        new("url-file", "…", "a file that holds the url, when that is a secret"),
        new("path", "/var/log/tcpwhy-alerts.ndjson", "for a file, where lines of JSON are appended"),
        new("body", "'{\"text\": \"{{summary}}\"}'", "for a webhook, its JSON with places as {{summary}}; without it, the document tcpwhy.alert/1"),
        new("header", "…", "for those by HTTP, a header or a list of them, as 'Authorization: Bearer …'"),
        new("ca", "…", "a file of certificates (PEM) that are trusted in place of the system's"),
        new("severity", "critical", "tell of this severity and worse alone: warning or critical"),
        new("lang", "en", "the language of its texts: ko or en"),
        new("resolved", "true", "whether it is told when an alert ends"),
    ];

    /// <summary>As TCPWHY_ALERTS_MAX_CONNECTIONS, for keys of the section itself.</summary>
    public string Variable => "TCPWHY_ALERTS_" + Name.ToUpperInvariant().Replace('-', '_');
}
