using System.Net;
using Tcpwhy.Diagnosis;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Model;
using KernelTraffic = Tcpwhy.Kernel.Bpf.Traffic;

namespace Tcpwhy.Sources;

/// <summary>Of a program whose attempts fail: looks which addresses it talks to at the same port. Those of a name with several are used side by side.</summary>
internal sealed class SiblingSearch(Watch watch, KernelEvents events, Func<DateTimeOffset> now)
{
    /// <summary>A bound on what is asked at once, and on what one answer tells.</summary>
    private const int MostClients = 256, MostAddresses = 64;

    /// <summary>Whose attempts go on to fail is looked at so often, and less and less often while there is nothing else of it.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1), AtMost = TimeSpan.FromSeconds(4);

    private readonly record struct Client(uint Netns, int Pid, int Port);

    private readonly Dictionary<Client, (DateTimeOffset At, ProcessInfo Process)> _due = [];
    private readonly Dictionary<Client, (DateTimeOffset At, TimeSpan Pause)> _looked = [];

    /// <summary>Whether something is to be looked at.</summary>
    public bool IsDue
    {
        get
        {
            DateTimeOffset time = now();
            return _due.Values.Any(due => due.At <= time);
        }
    }

    /// <summary>Notes an attempt that failed, or whose SYN was repeated.</summary>
    public void Observe(Event next)
    {
        if (next is not (SocketEvent { Process.Pid: > 0, Remote.Port: > 0 } and (StateChanged { From: TcpState.SynSent, To: TcpState.Closed } or Retransmitted { State: TcpState.SynSent })))
            return;
        var attempt = (SocketEvent)next;
        var client = new Client(attempt.Netns, attempt.Process!.Pid, attempt.Remote.Port);
        if (_due.ContainsKey(client) || _due.Count >= MostClients)
            return;
        DateTimeOffset at = attempt.Time + Rotations.Counting;
        if (_looked.TryGetValue(client, out (DateTimeOffset At, TimeSpan Pause) before) && before.At + before.Pause > at)
            at = before.At + before.Pause;
        _due[client] = (at, attempt.Process);
    }

    /// <summary>Looks for those that are due, as many as one look can search for, in one pass over what was counted and one over all sockets.</summary>
    /// <param name="all">At the end: for those too that would have time.</param>
    public void Run(Action<Event> sink, bool all = false)
    {
        DateTimeOffset time = now();
        Dictionary<Client, Dictionary<IPAddress, Sibling>> found = _due.Where(due => all || due.Value.At <= time).OrderBy(due => due.Value.At).Take(Wanted.Most)
            .ToDictionary(due => due.Key, _ => new Dictionary<IPAddress, Sibling>());
        if (found.Count == 0)
            return;
        AddClosed(found, time);
        AddOpen(found);
        if (_looked.Count >= 10_000)
            _looked.Clear(); // a bound; what matters is a second old
        foreach ((Client client, Dictionary<IPAddress, Sibling> addresses) in found)
        {
            _due.Remove(client, out (DateTimeOffset At, ProcessInfo Process) due);
            bool known = _looked.TryGetValue(client, out (DateTimeOffset At, TimeSpan Pause) before);
            TimeSpan pause = known ? 2 * before.Pause : Rotations.SecondLook;
            _looked[client] = (time, addresses.Count > 0 ? Again : pause < AtMost ? pause : AtMost);
            // It may only just begin to use others.
            if (!known && addresses.Count == 0)
                _due[client] = (time + Rotations.SecondLook, due.Process);
            sink(new SiblingsCounted
            {
                Time = time,
                Netns = client.Netns,
                Process = due.Process,
                Port = client.Port,
                Addresses = [.. addresses.Values.OrderBy(one => one.Silent).Take(MostAddresses).OrderByDescending(one => one.Closed + one.Open)],
            });
        }
    }

    private void AddClosed(Dictionary<Client, Dictionary<IPAddress, Sibling>> found, DateTimeOffset time) =>
        BpfMap.ForEach<TrafficKey, KernelTraffic>(watch.Traffic, 16384, (key, traffic) =>
        {
            if (key.opener != (byte)Opener.Local || !found.TryGetValue(new Client(key.netns, (int)key.pid, key.port), out Dictionary<IPAddress, Sibling>? addresses))
                return;
            // Sequence numbers count the SYN and each FIN as a byte.
            long sent = Math.Max((long)(traffic.bytes_sent - traffic.closed * 2), 0), received = Math.Max((long)(traffic.bytes_received - traffic.closed), 0);
            TimeSpan silent = time - events.Time(traffic.last_ns);
            Add(addresses, new Sibling(KernelEvents.Address(key.remote, key.family), (long)traffic.closed, 0, sent, received, silent > TimeSpan.Zero ? silent : TimeSpan.Zero));
        });

    private void AddOpen(Dictionary<Client, Dictionary<IPAddress, Sibling>> found)
    {
        HashSet<(ulong, int)> seen = [];
        watch.Search(found.Keys.Select(client => (client.Pid, client.Port)), (in KernelEvent raw) =>
        {
            if (raw.kind != EventKind.Found || !seen.Add((raw.sock, (int)raw.task.pid)) || events.Translate(raw) is not SocketFound { State: TcpState.Established or TcpState.CloseWait, Sample: { Opener: not Opener.Remote, LastAckReceived: { } silent } sample } open)
                return;
            if (!found.TryGetValue(new Client(open.Netns, (int)raw.task.pid, open.Remote.Port), out Dictionary<IPAddress, Sibling>? addresses))
                return;
            Add(addresses, new Sibling(open.Remote.Address, 0, 1, Math.Max(sample.BytesAcked - 1, 0), sample.BytesReceived, silent));
        });
    }

    private static void Add(Dictionary<IPAddress, Sibling> addresses, Sibling one) =>
        addresses[one.Address] = addresses.TryGetValue(one.Address, out Sibling? known) ? known.And(one) : one;
}
