using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>Looks for servers that have used all their descriptors, or the host's, and for the connections that wait at them to be accepted.</summary>
internal sealed class StarvedServers(ProcFs proc, Namespaces namespaces, Owners owners, Func<DateTimeOffset> now)
{
    private const int MostTold = 10_000, MostConnections = 200;

    /// <summary>States in which a connection can wait: its client may have closed it again.</summary>
    private const uint Waiting = 1u << (int)TcpState.Established | 1u << (int)TcpState.CloseWait;

    /// <summary>How long a limit that was far is taken for granted.</summary>
    private const int LooksBetween = 4;

    private readonly record struct Waiter(uint Netns, Endpoint Service, Endpoint Client);

    private readonly Sysctl _sysctl = new(proc);
    private readonly Dictionary<int, (long Limit, long Look)> _limits = [];
    private readonly HashSet<Waiter> _told = [];
    private HashSet<Waiter> _before = [], _waiting = [];
    private Dictionary<int, HashSet<(uint Netns, int Port)>> _holders = [], _next = [];
    private long _looks;

    /// <summary>Notes that a process holds a listening socket, in a look at all sockets.</summary>
    public void Note(int pid, uint netns, int port) => Add(_next, pid, netns, port);

    /// <summary>Ends a look at all sockets: what was noted in it holds until the next.</summary>
    public void Noted() => (_holders, _next) = (_next, []);

    /// <summary>Notes a listener that was just opened.</summary>
    public void Observe(Listening listening)
    {
        if (listening is { Closed: false, Process: { } process })
            Add(_holders, process.Pid, listening.Netns, listening.Local.Port);
    }

    /// <summary>Tells, once, each connection that two looks in a row found waiting at a process without a descriptor left.</summary>
    public IEnumerable<Event> Look()
    {
        List<Event> found = [];
        _looks++;
        Use? host = _sysctl.Numbers("fs.file-nr") is [var open, _, var most] && open >= most ? new Use(open, most) : null;
        foreach ((int pid, HashSet<(uint Netns, int Port)> ports) in _holders)
        {
            if ((host ?? OfProcess(pid)) is not { } descriptors)
                continue;
            foreach (IGrouping<uint, (uint Netns, int Port)> there in ports.GroupBy(port => port.Netns))
            {
                HashSet<int> numbers = [.. there.Select(port => port.Port)];
                namespaces.TryEnter(there.Key, () => LookHere(there.Key, numbers, pid, descriptors, host is not null, found));
            }
        }
        (_before, _waiting) = (_waiting, _before);
        _waiting.Clear();
        if (_told.Count >= MostTold)
            _told.Clear(); // a bound; who still waits is told again
        return found;
    }

    private static void Add(Dictionary<int, HashSet<(uint Netns, int Port)>> holders, int pid, uint netns, int port)
    {
        if (!holders.TryGetValue(pid, out HashSet<(uint Netns, int Port)>? ports))
            holders[pid] = ports = [];
        ports.Add((netns, port));
    }

    /// <summary>The descriptors of a process that has used them all; null of any other.</summary>
    private Use? OfProcess(int pid)
    {
        long used = Descriptors.Count(proc, pid);
        if (!_limits.TryGetValue(pid, out var known) || _looks - known.Look >= LooksBetween || used >= known.Limit * Use.Near)
        {
            if (_limits.Count >= MostTold)
                _limits.Clear(); // a bound; they are read again
            known = _limits[pid] = (FileLimit.Read(proc, pid)?.Soft ?? long.MaxValue, _looks);
        }
        return used >= known.Limit && used > 0 ? new Use(used, known.Limit) : null;
    }

    private void LookHere(uint netns, HashSet<int> ports, int pid, Use descriptors, bool ofHost, List<Event> found)
    {
        using var sockets = new InetDiagSocket();
        sockets.Dump(Waiting, InetDiagExtensions.None, (in InetDiagMessage message) =>
        {
            // A connection that nobody has accepted has no file, and so no inode.
            if (message.Inode != 0 || !ports.Contains(message.LocalPort) || _waiting.Count >= MostConnections)
                return;
            var waiter = new Waiter(netns, DiagEnds.Local(message), DiagEnds.Remote(message));
            _waiting.Add(waiter);
            if (_before.Contains(waiter) && _told.Add(waiter))
                found.Add(new Unaccepted { Time = now(), Netns = netns, Local = waiter.Service, Remote = waiter.Client, Descriptors = descriptors, OfHost = ofHost, UnreadBytes = message.ReceiveQueue, Process = owners.Named(pid) });
        });
    }
}
