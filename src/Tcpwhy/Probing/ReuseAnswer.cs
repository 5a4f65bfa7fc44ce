using Tcpwhy.Attempts;
using Tcpwhy.Model;

namespace Tcpwhy.Probing;

/// <summary>When a kept connection is used again, seen from its idle limit.</summary>
public enum ReuseWhen
{
    /// <summary>As a pool does that stays clear of the limit.</summary>
    Before,

    /// <summary>As a pool does that keeps connections as long as the service: the close and the request may cross.</summary>
    Around,

    /// <summary>After the close has come, without looking: as a pool does that checks nothing.</summary>
    After,
}

/// <summary>What came of second requests on kept connections.</summary>
/// <param name="From">The shortest idle time before the second request.</param>
/// <param name="To">The longest.</param>
/// <param name="Pairs">Connections that made a first request, and were due for a second.</param>
/// <param name="Answered">The second was answered.</param>
/// <param name="Noticed">The close was seen before anything was sent: a new connection would have served.</param>
/// <param name="Closed">Lost: sent, and a FIN came instead of the reply.</param>
/// <param name="Reset">Lost: sent, and a reset came instead of the reply.</param>
/// <param name="Silent">Lost: sent, and nothing came.</param>
public sealed record ReuseGroup(ReuseWhen When, TimeSpan From, TimeSpan To, int Pairs, int Answered, int Noticed, int Closed, int Reset, int Silent)
{
    /// <summary>Requests that were sent and never answered.</summary>
    public int Lost => Closed + Reset + Silent;
}

/// <summary>What reusing connections around their idle limit has shown.</summary>
public sealed record ReuseAnswer
{
    /// <summary>The idle limit around which it was tried.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>One for each <see cref="ReuseWhen"/> of which there was a pair, in that order.</summary>
    public required IReadOnlyList<ReuseGroup> Groups { get; init; }

    /// <summary>Why requests were lost, the most frequent first.</summary>
    public IReadOnlyList<CauseCount> ByCause { get; init; } = [];

    /// <summary>The same with evidence and remedies.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];
    public bool Interrupted { get; init; }

    /// <summary>Of one kind; null when there was no pair.</summary>
    public ReuseGroup? Of(ReuseWhen when) => Groups.FirstOrDefault(group => group.When == when);
}
