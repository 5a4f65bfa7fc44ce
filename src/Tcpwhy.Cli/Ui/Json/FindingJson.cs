using System.Text.Json.Serialization;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>A finding inside <c>tcpwhy.diagnosis/1</c>, or alone as <c>tcpwhy.finding/1</c>: see docs/schemas/finding.json.</summary>
internal sealed record FindingJson(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Schema,
    string Cause,
    string Severity,
    double Confidence,
    int Count,
    string Title,
    string Explanation,
    string Fault,
    ProcessJson? Process,
    ProcessJson? PeerProcess,
    string? Local,
    string? Peer,
    DateTimeOffset First,
    DateTimeOffset Last,
    bool AcrossGap,
    IReadOnlyList<EvidenceJson> Evidence,
    IReadOnlyList<RemedyJson> Remedy,
    string? SettlesIt,
    IReadOnlyList<ConnectionJson> Connections)
{
    public static FindingJson Of(Finding finding, Language language)
    {
        CausePage page = CausePage.Of(finding.Cause);
        List<EvidenceJson> evidence = [];
        foreach (Evidence one in finding.Evidence)
            evidence.Add(new EvidenceJson(Translations.Observed(language, one.What), Translations.Observed(language, one.Value), one.Count, one.Source, one.Against));
        List<RemedyJson> remedies = [];
        foreach (Remedy remedy in finding.Remedy)
            remedies.Add(new RemedyJson(remedy.Kind, page.Remedy(remedy, finding, language), remedy.Setting, remedy.From, remedy.To));
        List<ConnectionJson> connections = [];
        foreach (Example example in finding.Examples)
            connections.Add(ConnectionJson.Of(example, finding.Cause, language));
        return new FindingJson(
            null,
            finding.Cause,
            Word(finding.Severity),
            Math.Round(finding.Confidence, 2),
            finding.Count,
            page.Title(language),
            page.Explanation(finding, language),
            Word(finding.Fault),
            ProcessJson.Of(finding.Process, finding.Netns, finding.MorePids),
            ProcessJson.Of(finding.PeerProcess, 0, finding.MorePeerPids),
            Ends.Of(finding.Local),
            Ends.Of(finding.Peer),
            finding.First,
            finding.Last,
            finding.AcrossGap,
            evidence,
            remedies,
            page.Settles(finding, language),
            connections);
    }

    private static string Word(Severity severity) => severity switch
    {
        Model.Severity.Critical => "critical",
        Model.Severity.Warning => "warning",
        _ => "info",
    };

    private static string Word(Fault fault) => fault switch
    {
        Model.Fault.Client => "client",
        Model.Fault.Server => "server",
        Model.Fault.LoadBalancer => "load-balancer",
        Model.Fault.Path => "path",
        Model.Fault.Host => "host",
        Model.Fault.Peer => "peer",
        _ => "unknown",
    };
}

/// <summary>A process; netns is the inode number of its network namespace, null when it is not known; more_pids stands there when it stands for others of its name.</summary>
internal sealed record ProcessJson(int Pid, string Comm, string? Container, string? Netns, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<int>? MorePids = null)
{
    public static ProcessJson? Of(ProcessInfo? process, uint netns, IReadOnlyList<int>? more = null) =>
        process is null ? null : new ProcessJson(process.Pid, process.Comm, process.Container, netns == 0 ? null : netns.ToString(), more is { Count: > 0 } ? more : null);
}

/// <summary>One observation for the verdict, or against it.</summary>
internal sealed record EvidenceJson(string What, string Value, int Count, string Source, bool Against);

/// <summary>One thing to change.</summary>
internal sealed record RemedyJson(string Kind, string Text, string? Setting, string? From, string? To);

/// <summary>One connection as an example, with what happened to it.</summary>
internal sealed record ConnectionJson(string? Local, string? Peer, DateTimeOffset Time, string Verdict, IReadOnlyList<StepJson> Timeline)
{
    public static ConnectionJson Of(Example example, string verdict, Language language)
    {
        List<StepJson> steps = [];
        foreach (TimelineEntry entry in example.Timeline)
            steps.Add(new StepJson(Math.Round(entry.Offset.TotalSeconds, 6), Translations.Get(language, entry.End), Translations.Observed(language, entry.What)));
        return new ConnectionJson(Ends.Of(example.Local), Ends.Of(example.Remote), example.Time, verdict, steps);
    }
}

/// <summary>A step of a timeline, in seconds before (negative) or after the connection's death.</summary>
internal sealed record StepJson(double OffsetSeconds, string End, string What);
