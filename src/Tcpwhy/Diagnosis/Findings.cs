using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>Verdicts of the same cause, program, peer and port, summed up: 20 resets are one finding, not 20, and so are the failures of 20 processes that a script starts one after the other.</summary>
public sealed class Findings
{
    /// <summary>A finding that grows is told again this often, so that a thousand resets are not a thousand lines.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>A bound on memory when thousands of clients fail: who comes later is told apart by his service alone, and then by the cause alone.</summary>
    private const int Most = 1_000;

    /// <summary>Of more peers that meet the same at one end it no longer matters who they are: a flood has as many names as it likes.</summary>
    private const int MostPeers = 20;

    private const int Examples = 10;

    /// <summary>Digits of a confidence that is to be summed up again.</summary>
    public const int OfParts = 6;

    private readonly Dictionary<GroupKey, Group> _groups = [];
    private readonly Dictionary<GroupKey, int> _peers = [];
    private readonly PriorityQueue<Group, (DateTimeOffset Due, int Order)> _untold = new();

    /// <summary>Adds a verdict.</summary>
    public void Add(Verdict verdict)
    {
        Finding alone = Of(verdict);
        Group group = GroupOf(KeyOf(alone));
        Add(group, group.Examples < Examples ? alone with { Examples = [Timelines.Of(verdict.Case)] } : alone);
    }

    /// <summary>Adds what was summed up before, or one connection alone.</summary>
    public void Add(Finding part) => Add(GroupOf(KeyOf(part)), part);

    /// <summary>The finding that this one connection makes, with its timeline.</summary>
    internal static Finding Alone(Verdict verdict) => Of(verdict) with { Examples = [Timelines.Of(verdict.Case)] };

    private static Finding Of(Verdict verdict)
    {
        Case broken = verdict.Case;
        ConnectionEnd? client = broken.Client, server = broken.Server;
        // The client's port changes from connection to connection; the service's does not.
        Endpoint clientAddress = broken.ClientEndpoint with { Port = 0 };
        Endpoint service = verdict.AboutAllPorts ? broken.ServerEndpoint with { Port = 0 } : broken.ServerEndpoint;
        (Endpoint local, Endpoint peer) = verdict.FromClient ? (clientAddress, service) : (service, clientAddress);
        return Learned(new Finding
        {
            Cause = verdict.Cause.Id,
            Severity = verdict.Severity,
            Confidence = verdict.Confidence,
            Count = broken.Count,
            ClosedCleanly = broken.IsClean ? broken.Count : 0,
            Fault = verdict.Fault,
            Process = (verdict.FromClient ? client?.Process ?? broken.Call?.Process ?? broken.Waiting?.Process ?? broken.Flow?.Process ?? broken.Target ?? broken.LivingClient?.Process : server?.Process ?? broken.QueueFull?.Process ?? broken.HalfOpenFull?.Process ?? (broken.SynAck is { Deferred: true } late ? late.Process : null) ?? broken.Starved?.Process ?? broken.Waiting?.Process ?? broken.Flow?.Process ?? broken.Target ?? broken.LivingServer?.Process) ?? verdict.Actor,
            PeerProcess = verdict.FromClient ? server?.Process ?? broken.LivingServer?.Process : client?.Process ?? broken.LivingClient?.Process,
            Netns = verdict.FromClient ? client?.Netns ?? broken.Call?.Netns ?? broken.Waiting?.Netns ?? broken.Flow?.Netns ?? 0 : broken.ServerNetns,
            Local = local,
            Peer = peer,
            First = broken.Start,
            Last = broken.Last,
            Evidence = verdict.Evidence,
            Remedy = verdict.Remedies,
            Facts = Facts(verdict),
            SettlesIt = verdict.SettledBy,
            Examples = [],
            AcrossGap = broken.AcrossGap,
            ClosedAfter = verdict.ClosedAfter is { } closed ? IdleTimes.Of(closed) : null,
            ReusedAfter = verdict.ReusedAfter is { } reused ? IdleTimes.Of(reused) : null,
        });
    }

    private static Finding Learned(Finding finding) =>
        finding.ClosedAfter is null ? finding : finding with { Evidence = [.. finding.Evidence, .. IdleEvidence.Of(finding)] };

    /// <summary>What every page may name, and what the cause itself tells, which goes first.</summary>
    private static Dictionary<string, string> Facts(Verdict verdict)
    {
        var facts = new Dictionary<string, string>
        {
            ["client"] = Phrases.Client(verdict.Case),
            ["server"] = Phrases.Server(verdict.Case),
            ["service"] = verdict.Case.ServerEndpoint.ToString(),
        };
        foreach ((string name, string value) in verdict.Facts)
            facts[name] = value;
        return facts;
    }

    private static GroupKey KeyOf(Finding part) => new(part.Cause, part.Netns, part.Process is { } process ? new Program(process.Comm, process.Container) : null, part.Local, part.Peer);

    private void Add(Group group, Finding part)
    {
        group.Add(part);
        if (!group.Untold)
            _untold.Enqueue(group, (group.Told + Pause, group.Order));
        group.Untold = true;
    }

    private Group GroupOf(GroupKey key)
    {
        GroupKey service = key with { Peer = Endpoint.None };
        if ((_groups.Count >= Most || _peers.GetValueOrDefault(service) >= MostPeers) && !_groups.ContainsKey(key))
            key = service;
        if (_groups.Count >= 2 * Most && !_groups.ContainsKey(key))
            key = new GroupKey(key.Cause, 0, null, Endpoint.None, Endpoint.None);
        if (!_groups.TryGetValue(key, out Group? group))
        {
            _groups[key] = group = new Group(key, _groups.Count);
            _peers[service] = _peers.GetValueOrDefault(service) + 1;
        }
        return group;
    }

    /// <summary>Hands over the findings that are new, or that grew and were last handed over a <see cref="Pause"/> before <paramref name="now"/>.</summary>
    public IReadOnlyList<Finding> Due(DateTimeOffset now)
    {
        List<Finding> due = [];
        while (_untold.TryPeek(out Group? group, out var when) && when.Due <= now)
        {
            _untold.Dequeue();
            group.Untold = false;
            group.Told = now;
            due.Add(group.Sum());
        }
        return due;
    }

    /// <summary>How many of all of them the kernel has counted as closed.</summary>
    public long ClosedCleanly => Broken.Sum(group => (long)group.ClosedCleanly);

    /// <summary>How many connections ended as normal life, or otherwise; what only tells of waste, or of a limit, has been counted as closed.</summary>
    public long Connections(bool normal) => Broken.Where(group => group.Severity == Severity.Info == normal).Sum(group => (long)group.Count);

    private IEnumerable<Group> Broken => _groups.Values.Where(group => !Catalogue.Unbroken.Contains(group.Key.Cause));

    /// <summary>All findings, the one to act on first, with confidences of so many <paramref name="digits"/>.</summary>
    public IReadOnlyList<Finding> Ranked(int digits = 2) =>
        [.. _groups.Values.Select(group => group.Sum(digits))
            .OrderByDescending(finding => finding.Severity)
            .ThenByDescending(finding => finding.Cause.StartsWith("unknown-", StringComparison.Ordinal) ? 0 : 1)
            .ThenByDescending(finding => finding.Count * finding.Confidence)
            .ThenBy(finding => finding.Cause, StringComparer.Ordinal)
            .ThenBy(finding => finding.First)];

    private readonly record struct Program(string Comm, string? Container);

    private readonly record struct GroupKey(string Cause, uint Netns, Program? Program, Endpoint Local, Endpoint Peer);

    private sealed class Group(GroupKey key, int order)
    {
        private readonly Dictionary<(string What, string Source, bool Against), (string Value, int Count)> _evidence = [];
        private readonly List<Example> _examples = [];
        private Finding? _strongest;
        private readonly Processes _own = new(), _peers = new();
        private DateTimeOffset _first = DateTimeOffset.MaxValue;
        private DateTimeOffset _last;
        private decimal _confidence;
        private bool _gap;
        private IdleTimes? _closedAfter;
        private IdleTimes? _reusedAfter;

        public GroupKey Key => key;
        public int Order => order;
        public int Count { get; private set; }
        public int ClosedCleanly { get; private set; }
        public Severity Severity { get; private set; }

        /// <summary>When the finding was last handed over; long ago when it never was.</summary>
        public DateTimeOffset Told { get; set; }

        /// <summary>Whether it changed since.</summary>
        public bool Untold { get; set; }

        public int Examples => _examples.Count;

        public void Add(Finding part)
        {
            Count += part.Count;
            ClosedCleanly += part.ClosedCleanly;
            _confidence += (decimal)part.Confidence * part.Count;
            if (part.Severity > Severity)
                Severity = part.Severity;
            // Of equals the latest: what it counts, as the ports of a scan, is the most complete.
            if (_strongest is null || part.Confidence >= _strongest.Confidence)
                _strongest = part;
            // A group that took in what had no room of its own names nobody.
            if (key.Program is not null)
                _own.Add(part.Process, part.MorePids);
            if (key.Peer == part.Peer)
                _peers.Add(part.PeerProcess, part.MorePeerPids);
            _first = part.First < _first ? part.First : _first;
            _last = part.Last > _last ? part.Last : _last;
            _gap |= part.AcrossGap;
            _closedAfter = IdleTimes.Sum(_closedAfter, part.ClosedAfter);
            _reusedAfter = IdleTimes.Sum(_reusedAfter, part.ReusedAfter);
            foreach (Evidence item in part.Evidence)
            {
                if (IdleEvidence.Has(item))
                    continue;
                var what = (item.What, item.Source, item.Against);
                _evidence[what] = _evidence.TryGetValue(what, out var seen)
                    ? (seen.Value == item.Value || seen.Value.EndsWith(" …", StringComparison.Ordinal) ? seen.Value : seen.Value + " …", seen.Count + item.Count)
                    : (item.Value, item.Count);
            }
            foreach (Example example in part.Examples)
            {
                if (_examples.Count < Findings.Examples)
                    _examples.Add(example);
            }
        }

        public Finding Sum(int digits = 2) => Learned(new Finding
        {
            Cause = key.Cause,
            Severity = Severity,
            Confidence = (double)Math.Round(_confidence / Math.Max(Count, 1), digits),
            Count = Count,
            ClosedCleanly = ClosedCleanly,
            Fault = _strongest!.Fault,
            Process = _own.First,
            MorePids = _own.More,
            PeerProcess = _peers.First,
            MorePeerPids = _peers.More,
            Netns = key.Netns,
            Local = key.Local,
            Peer = key.Peer,
            First = _first,
            Last = _last,
            Evidence = [.. _evidence.Select(item => new Evidence(item.Key.What, item.Value.Value, item.Value.Count, item.Key.Source, item.Key.Against))],
            Remedy = _strongest.Remedy,
            Facts = Facts(_strongest),
            SettlesIt = _strongest.SettlesIt,
            Examples = [.. _examples],
            AcrossGap = _gap,
            ClosedAfter = _closedAfter,
            ReusedAfter = _reusedAfter,
        });

        private Dictionary<string, string> Facts(Finding strongest)
        {
            Dictionary<string, string> facts = [];
            foreach ((string name, string value) in strongest.Facts)
                facts[name] = _peers.Named(_own.Named(value, strongest.Process, strongest.MorePids.Count), strongest.PeerProcess, strongest.MorePeerPids.Count);
            facts["count"] = $"{Count}";
            return facts;
        }
    }
}
