using Tcpwhy.Model;
using Tcpwhy.Tests.Scenarios;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>Samples of connections at work, and short answers.</summary>
internal static class Telling
{
    /// <summary>The exchange is complete: the client has the answer to its only request.</summary>
    public static readonly TcpSample ClientServed = new()
    {
        Age = TimeSpan.FromSeconds(2), LastDataSent = TimeSpan.FromMilliseconds(505), LastDataReceived = TimeSpan.FromMilliseconds(500),
        BytesSent = 811, BytesAcked = 812, BytesReceived = 2039, DataSegmentsOut = 1, DataSegmentsIn = 2, RttMicroseconds = 300,
    };

    /// <summary>The same at the server.</summary>
    public static readonly TcpSample ServerDone = new()
    {
        Age = TimeSpan.FromSeconds(2), LastDataSent = TimeSpan.FromMilliseconds(500), LastDataReceived = TimeSpan.FromMilliseconds(505),
        BytesSent = 2039, BytesAcked = 2039, BytesReceived = 811, DataSegmentsOut = 2, DataSegmentsIn = 1, RttMicroseconds = 300,
    };

    /// <summary>The client's second request is out and not answered.</summary>
    public static readonly TcpSample ClientWaiting = ClientServed with { LastDataSent = TimeSpan.FromMilliseconds(1), BytesSent = 1622, BytesAcked = 1623 };

    /// <summary>The server has taken that request and owes an answer.</summary>
    public static readonly TcpSample ServerOwing = ServerDone with { LastDataReceived = TimeSpan.FromMilliseconds(1), BytesReceived = 1622 };

    /// <summary>A SYN is out.</summary>
    public static readonly TcpSample Calling = new() { Age = TimeSpan.FromMilliseconds(1), UnackedBytes = 1 };

    /// <summary>A Linux host's own reset for want of a socket, as it arrives from two hops away.</summary>
    public static readonly Segment OfNoSocket = new(63, 0, 0, false, 0);

    /// <summary>A program's reset.</summary>
    public static readonly Segment OfProgram = new(63, 4711, 64, true, 63);

    public static Answer Answer(params IEnumerable<Event> events) => Scenario.Judge([Line.Begin, .. events.OrderBy(next => next.Time)]);

    /// <summary>The findings in few words: <c>critical server-close-unread 1</c>.</summary>
    public static string[] Verdicts(params IEnumerable<Event> events) => Words(Answer(events));

    public static string[] Words(Answer answer) =>
        [.. answer.Findings.Select(finding => $"{finding.Severity.ToString().ToLowerInvariant()} {finding.Cause} {finding.Count}")];
}
