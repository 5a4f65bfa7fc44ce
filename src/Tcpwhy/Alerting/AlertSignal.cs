using Tcpwhy.Diagnosis;

namespace Tcpwhy.Alerting;

/// <summary>How the values of a signal are meant.</summary>
public enum SignalUnit
{
    Count,
    PerSecond,

    /// <summary>0 to 1.</summary>
    Share,

    /// <summary>Connections that broke within the rule's window.</summary>
    Failures,
}

/// <summary>Something that a rule can watch.</summary>
/// <param name="Name">As connections, or the code of a cause.</param>
/// <param name="Phrase">What it is: an English phrase, translated when shown; {0} is whose it is.</param>
/// <param name="Command">What shows more of it.</param>
public sealed record AlertSignal(string Name, SignalUnit Unit, string Phrase, string Command)
{
    public const string AnyCause = "any-cause";
    public const string AllFailures = "failures";

    private const string Summary = "tcpwhy summary";
    private const string Plan = "tcpwhy tune plan";

    /// <summary>All but the causes, each of which is a signal too.</summary>
    public static readonly IReadOnlyList<AlertSignal> Known =
    [
        new("connections", SignalUnit.Count, "TCP connections", Summary),
        new("time-wait", SignalUnit.Count, "sockets in TIME_WAIT", Summary),
        new("connection-rate", SignalUnit.PerSecond, "new connections per second", Summary),
        new("error-rate", SignalUnit.Share, "connections that fail", "tcpwhy diagnose"),
        new(AllFailures, SignalUnit.Failures, "failed connections", "tcpwhy diagnose"),
        new(AnyCause, SignalUnit.Failures, "failed connections", "tcpwhy diagnose"),
        new("ephemeral-ports", SignalUnit.Share, "ephemeral ports {0}", "tcpwhy explain ephemeral-port-exhaustion"),
        new("accept-queue", SignalUnit.Share, "accept queue of {0}", "tcpwhy explain accept-queue-overflow-drop"),
        new("conntrack", SignalUnit.Share, "connection-tracking table", Plan),
        new("orphans", SignalUnit.Share, "orphaned sockets", Plan),
        new("tcp-memory", SignalUnit.Share, "memory in TCP buffers", Plan),
        new("time-wait-table", SignalUnit.Share, "table of sockets in TIME_WAIT", Plan),
        new("files", SignalUnit.Share, "open files of the host", Plan),
        new("descriptors", SignalUnit.Share, "descriptors of {0}", "tcpwhy explain fd-limit-accept"),
        new("retransmits", SignalUnit.Share, "segments sent again", "tcpwhy diagnose"),
        new("listen-drops", SignalUnit.PerSecond, "SYNs dropped by listeners per second", "tcpwhy explain accept-queue-overflow-drop"),
    ];

    /// <summary>Whether it is the code of a cause.</summary>
    public bool IsCause => Unit == SignalUnit.Failures && Name is not (AnyCause or AllFailures);

    /// <summary>The signal of that name, or null.</summary>
    public static AlertSignal? Find(string name)
    {
        foreach (AlertSignal signal in Known)
        {
            if (signal.Name == name)
                return signal;
        }
        foreach (Cause cause in Catalogue.All)
        {
            if (cause.Id == name)
                return new AlertSignal(name, SignalUnit.Failures, "failed connections", $"tcpwhy explain {name}");
        }
        return null;
    }

    /// <summary>Every name that <see cref="Find"/> knows.</summary>
    public static IEnumerable<string> Names => [.. Known.Select(signal => signal.Name), .. Catalogue.All.Select(cause => cause.Id)];
}
