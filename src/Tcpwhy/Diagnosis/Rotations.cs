using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>Which addresses each process uses at one port, and which of them fail: those of a name are taken in turn, or one when another fails.</summary>
public sealed class Rotations
{
    /// <summary>After an attempt failed, what its process does next is let happen before its other addresses are counted.</summary>
    public static readonly TimeSpan Counting = TimeSpan.FromMilliseconds(400);

    /// <summary>Where nothing else was seen of the process yet, it is looked at once more after so long.</summary>
    public static readonly TimeSpan SecondLook = TimeSpan.FromMilliseconds(600);

    /// <summary>By then they have been counted.</summary>
    internal static readonly TimeSpan Patience = Counting + TimeSpan.FromMilliseconds(250);

    /// <summary>What served at about the same time.</summary>
    private static readonly TimeSpan AboutNow = TimeSpan.FromSeconds(30);

    private const int Most = 10_000, MostAddresses = 1_000;

    private readonly Dictionary<(uint Netns, int Pid, int Port), Group> _groups = [];
    private readonly HashSet<(Endpoint, Endpoint)> _failed = [];

    /// <summary>Whether a case is an attempt of a known process that failed: the other addresses of that one are counted.</summary>
    internal static bool IsAttempt(Case open) => open.Client is { State: TcpState.SynSent, CameThrough: null, Process: not null } && open.QueueFull is null && open.HalfOpenFull is null;

    /// <summary>Takes in an attempt that failed, or a connection that served and did not end well, as those do not that a proxy resets: the kernel's counts lack it.</summary>
    internal void Observe(SocketEvent next)
    {
        if (next.Process is not { } process || next.Remote.Port == 0)
            return;
        if (next is StateChanged { From: not TcpState.SynSent, To: TcpState.Closed, Sample: { Opener: Opener.Local, BytesReceived: > 0 } sample })
            Cut(Of(next.Netns, process, next.Remote.Port), next.Remote.Address, sample, next.Time);
        // The owner is told when the socket is closed: one that was open has had its SYN acknowledged.
        bool failed = next is ResetReceived { State: TcpState.SynSent } or SocketError { Sample: { Opener: not Opener.Remote, BytesAcked: 0 } }
            || next is StateChanged { From: TcpState.SynSent, To: TcpState.Closed, Sample.RetransmitsTotal: > 0 };
        if (!failed)
            return;
        if (_failed.Count >= Most)
            _failed.Clear(); // a bound; the events of one attempt come together
        if (!_failed.Add((next.Local, next.Remote)))
            return;
        Dictionary<IPAddress, Failing> failing = Of(next.Netns, process, next.Remote.Port).Failing;
        if (failing.Count < MostAddresses)
            failing[next.Remote.Address] = failing.TryGetValue(next.Remote.Address, out Failing? before) ? before with { Count = before.Count + 1, Last = next.Time } : new Failing(1, next.Time);
    }

    /// <summary>Takes in which addresses serve; each count replaces the one before.</summary>
    internal void Observe(SiblingsCounted counted)
    {
        Group group = Of(counted.Netns, counted.Process, counted.Port);
        group.Counted = counted;
        group.Counts++;
        foreach ((IPAddress address, Failing failing) in group.Failing)
            group.Failing[address] = failing with { WhenCounted = failing.Count };
    }

    /// <summary>Whether the process of a failed attempt may only just begin to use other addresses.</summary>
    internal bool IsNew(Case attempt) => GroupOf(attempt) is not { } group || group.Counted is not { Addresses.Length: > 0 } && group.Counts < 2;

    /// <summary>The addresses among which a failed attempt took one, when others serve the same process at the same port; null otherwise.</summary>
    internal Rotation? Of(Case attempt)
    {
        if (GroupOf(attempt) is not { Counted: { } counted } group || counted.Time - attempt.Last > AboutNow)
            return null;
        IPAddress dead = attempt.ServerEndpoint.Address;
        Dictionary<IPAddress, (Sibling Sibling, DateTimeOffset Heard)> known = counted.Addresses.ToDictionary(one => one.Address, one => (one, counted.Time - one.Silent));
        foreach ((IPAddress address, (Sibling cut, DateTimeOffset last)) in group.Cut)
            known[address] = known.TryGetValue(address, out (Sibling Sibling, DateTimeOffset Heard) counts) ? (counts.Sibling.And(cut), counts.Heard > last ? counts.Heard : last) : (cut, last);
        // One that serves too, now and then, is not dead.
        if (known.Remove(dead, out (Sibling Sibling, DateTimeOffset Heard) own) && own.Heard > attempt.Last)
            return null;
        Sibling[] alive =
        [
            .. known.Values.Where(one => one.Heard > attempt.Start - AboutNow && !(group.Failing.GetValueOrDefault(one.Sibling.Address)?.Last > one.Heard))
                .Select(one => one.Sibling).OrderByDescending(one => one.Closed + one.Open),
        ];
        Failing? fails = group.Failing.GetValueOrDefault(dead);
        return alive.Length == 0 ? null : new Rotation(
            alive,
            fails?.Count ?? 1,
            fails?.WhenCounted ?? 0,
            1 + group.Failing.Count(other => attempt.Start - other.Value.Last < AboutNow && !other.Key.Equals(dead) && !alive.Any(one => one.Address.Equals(other.Key))),
            own.Sibling);
    }

    private static void Cut(Group group, IPAddress address, TcpSample sample, DateTimeOffset time)
    {
        var one = new Sibling(address, 1, 0, sample.BytesAcked, sample.BytesReceived, TimeSpan.Zero);
        if (group.Cut.TryGetValue(address, out (Sibling Sibling, DateTimeOffset Last) before))
            group.Cut[address] = (before.Sibling.And(one), time);
        else if (group.Cut.Count < MostAddresses)
            group.Cut[address] = (one, time);
    }

    private Group? GroupOf(Case attempt) =>
        IsAttempt(attempt) ? _groups.GetValueOrDefault((attempt.Client!.Netns, attempt.Client.Process!.Pid, attempt.ServerEndpoint.Port)) : null;

    private Group Of(uint netns, ProcessInfo process, int port)
    {
        if (!_groups.TryGetValue((netns, process.Pid, port), out Group? group))
        {
            if (_groups.Count >= Most)
                _groups.Clear(); // a bound; what matters is some seconds old
            _groups[(netns, process.Pid, port)] = group = new Group();
        }
        return group;
    }

    private sealed record Failing(int Count, DateTimeOffset Last, int WhenCounted = 0);

    private sealed class Group
    {
        public Dictionary<IPAddress, Failing> Failing { get; } = [];
        public Dictionary<IPAddress, (Sibling Sibling, DateTimeOffset Last)> Cut { get; } = [];
        public SiblingsCounted? Counted { get; set; }
        public int Counts { get; set; }
    }
}
