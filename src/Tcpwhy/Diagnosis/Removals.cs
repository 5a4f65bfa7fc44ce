using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>Which network namespaces were removed, and which connections had an end there that could no longer say goodbye.</summary>
public sealed class Removals
{
    /// <summary>What takes a container's interface away removes its namespace when the last process has ended: after a grace period, which usually is 30 s.</summary>
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(35);

    private readonly Dictionary<uint, DateTimeOffset> _gone = [];

    /// <summary>Takes in that a namespace is gone.</summary>
    internal void Observe(NamespaceGone gone)
    {
        if (_gone.Count >= 10_000)
            _gone.Clear(); // a bound; what matters is some seconds old
        _gone[gone.Netns] = gone.Time;
    }

    /// <summary>Takes in that a namespace was found: the number has been given anew.</summary>
    internal void Observe(SettingsRead found) => _gone.Remove(found.Netns);

    /// <summary>The end that its process closed when nothing could leave the namespace any more, whether or not that is gone.</summary>
    internal static ConnectionEnd? CutOff(Case broken) => broken.Ends.FirstOrDefault(IsCutOff);

    /// <summary>The end whose namespace was removed under it, or null.</summary>
    internal ConnectionEnd? Of(Case broken) => broken.Ends.FirstOrDefault(end => IsCutOff(end) && GoneAfter(end) is not null);

    /// <summary>How long after its close the namespace of an end was found gone; null when it was not.</summary>
    internal TimeSpan? GoneAfter(ConnectionEnd end) =>
        _gone.TryGetValue(end.Netns, out DateTimeOffset time) && time - end.Death!.Time is var after && after.Duration() <= AtMost + TimeSpan.FromSeconds(1) ? after : null;

    /// <summary>Whether an end was cut off a moment ago, and its namespace may yet be found gone.</summary>
    internal bool IsPending(Case broken, DateTimeOffset now) =>
        CutOff(broken) is { } end && Of(broken) is null && now - end.Death!.Time < AtMost;

    private static bool IsCutOff(ConnectionEnd end) => end.Death is { Stranded: true, ByProcess: true } && !IPAddress.IsLoopback(end.Remote.Address);
}
