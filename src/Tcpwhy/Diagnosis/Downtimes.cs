using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>When nobody listened on a port that is a service's: between one listener and the next.</summary>
public sealed class Downtimes
{
    /// <summary>A service that is not back by then is down, not being restarted.</summary>
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(uint Netns, int Port), Downtime> _times = [];

    /// <summary>Takes in that a listener came or went.</summary>
    internal void Observe(Listening listening, bool others)
    {
        var key = (listening.Netns, listening.Local.Port);
        if (listening.Closed && !others)
        {
            if (_times.Count >= 10_000)
                _times.Clear(); // a bound; what matters is some seconds old
            _times[key] = new Downtime(listening.Time, null, listening.Process, null);
        }
        else if (!listening.Closed && _times.TryGetValue(key, out Downtime? down) && down.To is null)
        {
            _times[key] = down with { To = listening.Time, Successor = listening.Process };
        }
    }

    /// <summary>Whether a refused attempt met a service that may yet come back.</summary>
    internal bool IsDown(Case broken, DateTimeOffset now) =>
        broken.Refused && Of(broken) is { To: null } down && now - down.From < AtMost;

    /// <summary>The time without a listener in which the attempt fell, or null.</summary>
    internal Downtime? Of(Case broken) =>
        _times.TryGetValue((broken.ServerNetns, broken.ServerEndpoint.Port), out Downtime? down) && broken.Start >= down.From && !(broken.Start > down.To) && broken.Start - down.From < AtMost ? down : null;
}

/// <summary>A time without a listener.</summary>
/// <param name="To">When somebody listened again; null while nobody does.</param>
/// <param name="Process">Who closed it.</param>
/// <param name="Successor">Who listens now.</param>
public sealed record Downtime(DateTimeOffset From, DateTimeOffset? To, ProcessInfo? Process, ProcessInfo? Successor);
