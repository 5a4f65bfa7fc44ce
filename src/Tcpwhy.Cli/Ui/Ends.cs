using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Ui;

/// <summary>How endpoints, processes and their connection are written.</summary>
internal static class Ends
{
    /// <summary>The endpoint; only its address when the port differs from connection to connection; null when it is not known.</summary>
    public static string? Of(Endpoint end) =>
        end.Port != 0 ? end.ToString()
        : IPAddress.Any.Equals(end.Address) ? null
        : end.Address.ToString();

    /// <summary>Both ends with an arrow from the client to the server, local end first.</summary>
    public static string Of(Finding finding) => Joined(Of(finding.Local), Arrow(finding), Of(finding.Peer));

    /// <summary>An example's ends, with an arrow to the one that has the finding's service port.</summary>
    public static string Of(Finding finding, Example example) => Joined(Of(example.Local), Arrow(finding, example), Of(example.Remote));

    /// <summary>The arrow from the client, whose port differs from connection to connection, to the server.</summary>
    public static string Arrow(Finding finding) => (finding.Local.Port, finding.Peer.Port) switch
    {
        (not 0, 0) => "←",
        (0, not 0) => "→",
        _ => "↔",
    };

    /// <summary>A process as <c>java (pid 4312, container 3f2a9c1b7d10)</c>, or <c>curl (pid 4312 and 56 more)</c> when it stands for others of its name.</summary>
    public static string Of(ProcessInfo process, Screen screen, int more = 0) => Of(process.Comm, process.Pid, process.Container, more, screen);

    /// <inheritdoc cref="Of(ProcessInfo, Screen, int)"/>
    public static string Of(string comm, int pid, string? container, int more, Screen screen) => (container, more) switch
    {
        (null, 0) => screen.T("{0} (pid {1})", Named(comm), pid),
        (null, _) => screen.T("{0} (pid {1} and {2} more)", Named(comm), pid, more),
        (_, 0) => screen.T("{0} (pid {1}, container {2})", Named(comm), pid, container),
        _ => screen.T("{0} (pid {1} and {2} more, container {3})", Named(comm), pid, more, container),
    };

    private static string Named(string comm) => comm.Length == 0 ? "?" : comm;

    private static string Arrow(Finding finding, Example example)
    {
        int service = Math.Max(finding.Local.Port, finding.Peer.Port);
        return example.Remote.Port == service ? "→" : example.Local.Port == service ? "←" : "↔";
    }

    private static string Joined(string? local, string arrow, string? peer) => (local, peer) switch
    {
        (null, null) => "",
        ({ } one, null) => one,
        (null, { } other) => $"{arrow} {other}",
        ({ } one, { } other) => $"{one} {arrow} {other}",
    };
}
