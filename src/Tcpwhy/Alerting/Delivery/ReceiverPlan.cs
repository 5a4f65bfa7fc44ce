using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Alerting.Delivery;

/// <summary>How a receiver is told.</summary>
public enum ReceiverKind
{
    /// <summary>A line of JSON is appended to a file.</summary>
    File,

    /// <summary>An entry with fields in systemd's journal.</summary>
    Journal,

    /// <summary>A POST with a body of JSON, ours or that of a template.</summary>
    Webhook,

    /// <summary>A POST as Slack, Mattermost and Rocket.Chat take it.</summary>
    Slack,

    /// <summary>The API v2 of Alertmanager.</summary>
    Alertmanager,
}

/// <summary>A receiver as it is configured.</summary>
public sealed record ReceiverPlan(string Name, ReceiverKind Kind)
{
    /// <summary>For those by HTTP, where; it may hold a secret, and is never shown but for its host.</summary>
    public Uri? Url { get; init; }

    /// <summary>A file whose one line is the URL, read whenever something is sent, so that a secret need not stand in the configuration.</summary>
    public string? UrlFile { get; init; }

    /// <summary>For <see cref="ReceiverKind.File"/>, which.</summary>
    public string? Path { get; init; }

    /// <summary>For <see cref="ReceiverKind.Webhook"/>, the body with its places; null for the document tcpwhy.alert/1.</summary>
    public MessageTemplate? Body { get; init; }

    /// <summary>Headers of HTTP to be sent along.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>A file of certificates (PEM) that are trusted in place of the system's.</summary>
    public string? Authorities { get; init; }

    /// <summary>Whether it is told of alerts of this severity and worse alone.</summary>
    public Severity Least { get; init; } = Severity.Warning;

    /// <summary>Whether it is told when an alert ends.</summary>
    public bool Resolved { get; init; } = true;

    /// <summary>Its language; null for that of the program.</summary>
    public Language? Language { get; init; }

    /// <summary>What it may be told of a change, or null when that is not for it.</summary>
    internal AlertChange? Concerned(AlertChange change) =>
        change.For(Least) is { } seen && (Resolved || seen.Kind != AlertChangeKind.Resolved) ? seen : null;
}
