using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>Watches accept queues that were met full until they are empty: one that soon is was too short for a burst, one that stays full is not served.</summary>
internal sealed class FullQueues(Namespaces namespaces, Func<DateTimeOffset> now)
{
    private const int Most = 64;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100), Patience = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(uint Netns, int Port), AcceptQueueFull> _full = [];
    private DateTimeOffset _looked;

    /// <summary>Whether a queue is to be looked at again.</summary>
    public bool IsDue => _full.Count > 0 && now() - _looked >= Pause;

    /// <summary>Notes a queue that was met full.</summary>
    public void Observe(AcceptQueueFull full)
    {
        if (_full.Count < Most)
            _full.TryAdd((full.Netns, full.Local.Port), full);
    }

    /// <summary>Looks at them, and tells which are empty.</summary>
    public IEnumerable<Event> Look()
    {
        _looked = now();
        List<Event> drained = [];
        foreach (IGrouping<uint, (uint Netns, int Port)> there in _full.Keys.GroupBy(key => key.Netns).ToList())
        {
            HashSet<int> waiting = [];
            bool entered = namespaces.TryEnter(there.Key, () => waiting = Waiting());
            foreach ((uint Netns, int Port) key in there)
            {
                AcceptQueueFull full = _full[key];
                // Of one that is not found yet nothing is known.
                bool empty = entered && !waiting.Contains(key.Port);
                if (empty)
                    drained.Add(new AcceptQueueDrained { Time = _looked, Netns = key.Netns, Local = full.Local, Backlog = full.Backlog, FullFor = _looked - full.Time, Process = full.Process });
                if (empty || _looked - full.Time > Patience)
                    _full.Remove(key);
            }
        }
        return drained;
    }

    /// <summary>Ports of this namespace at which a listener's queue is not empty.</summary>
    private static HashSet<int> Waiting()
    {
        HashSet<int> ports = [];
        using var sockets = new InetDiagSocket();
        sockets.Dump(1u << (int)TcpState.Listen, InetDiagExtensions.None, (in InetDiagMessage message) =>
        {
            if (message.ReceiveQueue > 0)
                ports.Add(message.LocalPort);
        });
        return ports;
    }
}
