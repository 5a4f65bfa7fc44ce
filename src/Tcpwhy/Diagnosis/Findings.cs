using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>Verdicts of the same cause, process, peer and port, summed up: 20 resets are one finding, not 20.</summary>
public sealed class Findings
{
    /// <summary>A finding that grows is told again this often, so that a thousand resets are not a thousand lines.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>A bound on memory when thousands of clients fail: who comes later is told apart by his service alone, and then by the cause alone.</summary>
    private const int Most = 1_000;

    private readonly Dictionary<GroupKey, Group> _groups = [];
    private readonly PriorityQueue<Group, (DateTimeOffset Due, int Order)> _untold = new();

    /// <summary>Adds a verdict.</summary>
    public void Add(Verdict verdict)
    {
        Case broken = verdict.Case;
        ConnectionEnd? client = broken.Client, server = broken.Server;
        ProcessInfo? own = verdict.FromClient ? client?.Process ?? broken.Call?.Process ?? broken.Waiting?.Process ?? broken.Target
            : server?.Process ?? broken.QueueFull?.Process ?? broken.Call?.Process ?? broken.Waiting?.Process ?? broken.Target;
        uint netns = verdict.FromClient ? client?.Netns ?? broken.Call?.Netns ?? broken.Waiting?.Netns ?? 0 : broken.ServerNetns;
        // The client's port changes from connection to connection; the service's does not.
        Endpoint clientAddress = broken.ClientEndpoint with { Port = 0 };
        Endpoint service = verdict.AboutAllPorts ? broken.ServerEndpoint with { Port = 0 } : broken.ServerEndpoint;
        (Endpoint local, Endpoint peer) = verdict.FromClient ? (clientAddress, service) : (service, clientAddress);
        var key = new GroupKey(verdict.Cause.Id, netns, own?.Pid ?? 0, local, peer);
        Group group = GroupOf(key);
        group.Add(verdict, group.Key.Pid == 0 ? null : own, group.Key.Peer == key.Peer ? verdict.FromClient ? server?.Process : client?.Process : null);
        if (!group.Untold)
            _untold.Enqueue(group, (group.Told + Pause, group.Order));
        group.Untold = true;
    }

    private Group GroupOf(GroupKey key)
    {
        if (_groups.Count >= Most && !_groups.ContainsKey(key))
            key = key with { Peer = Endpoint.None };
        if (_groups.Count >= 2 * Most && !_groups.ContainsKey(key))
            key = new GroupKey(key.Cause, 0, 0, Endpoint.None, Endpoint.None);
        if (!_groups.TryGetValue(key, out Group? group))
            _groups[key] = group = new Group(key, _groups.Count);
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

    /// <summary>How many connections ended as normal life, or otherwise.</summary>
    public long Connections(bool normal) => _groups.Values.Where(group => group.Severity == Severity.Info == normal).Sum(group => (long)group.Count);

    /// <summary>All findings, the one to act on first.</summary>
    public IReadOnlyList<Finding> Ranked() =>
        [.. _groups.Values.Select(group => group.Sum())
            .OrderByDescending(finding => finding.Severity)
            .ThenByDescending(finding => finding.Cause.StartsWith("unknown-", StringComparison.Ordinal) ? 0 : 1)
            .ThenByDescending(finding => finding.Count * finding.Confidence)
            .ThenBy(finding => finding.Cause, StringComparer.Ordinal)
            .ThenBy(finding => finding.First)];

    private readonly record struct GroupKey(string Cause, uint Netns, int Pid, Endpoint Local, Endpoint Peer);

    private sealed class Group(GroupKey key, int order)
    {
        private readonly Dictionary<(string What, string Source, bool Against), (string Value, int Count)> _evidence = [];
        private readonly List<Example> _examples = [];
        private Verdict? _strongest;
        private ProcessInfo? _process;
        private ProcessInfo? _peerProcess;
        private DateTimeOffset _first = DateTimeOffset.MaxValue;
        private DateTimeOffset _last;
        private double _confidence;
        private bool _gap;

        public GroupKey Key => key;
        public int Order => order;
        public int Count { get; private set; }
        public Severity Severity { get; private set; }

        /// <summary>When the finding was last handed over; long ago when it never was.</summary>
        public DateTimeOffset Told { get; set; }

        /// <summary>Whether it changed since.</summary>
        public bool Untold { get; set; }

        public void Add(Verdict verdict, ProcessInfo? process, ProcessInfo? peerProcess)
        {
            Case broken = verdict.Case;
            Count += broken.Count;
            _confidence += verdict.Confidence * broken.Count;
            if (verdict.Severity > Severity)
                Severity = verdict.Severity;
            // Of equals the latest: what it counts, as the ports of a scan, is the most complete.
            if (_strongest is null || verdict.Confidence >= _strongest.Confidence)
                _strongest = verdict;
            _process ??= process;
            _peerProcess ??= peerProcess;
            _first = broken.Start < _first ? broken.Start : _first;
            _last = broken.Last > _last ? broken.Last : _last;
            _gap |= broken.AcrossGap;
            foreach (Evidence item in verdict.Evidence)
            {
                var what = (item.What, item.Source, item.Against);
                _evidence[what] = _evidence.TryGetValue(what, out var seen)
                    ? (seen.Value == item.Value || seen.Value.EndsWith(" …", StringComparison.Ordinal) ? seen.Value : seen.Value + " …", seen.Count + item.Count)
                    : (item.Value, item.Count);
            }
            if (_examples.Count < 10)
                _examples.Add(Timelines.Of(broken));
        }

        public Finding Sum() => new()
        {
            Cause = key.Cause,
            Severity = Severity,
            Confidence = Math.Round(_confidence / Math.Max(Count, 1), 2),
            Count = Count,
            Fault = _strongest!.Fault,
            Process = _process,
            PeerProcess = _peerProcess,
            Netns = key.Netns,
            Local = key.Local,
            Peer = key.Peer,
            First = _first,
            Last = _last,
            Evidence = [.. _evidence.Select(item => new Evidence(item.Key.What, item.Value.Value, item.Value.Count, item.Key.Source, item.Key.Against))],
            Remedy = _strongest.Remedies,
            Facts = Facts(_strongest),
            SettlesIt = _strongest.SettledBy,
            Examples = [.. _examples],
            AcrossGap = _gap,
        };

        /// <summary>What every page may name, and what the cause itself tells, which goes first.</summary>
        private Dictionary<string, string> Facts(Verdict strongest)
        {
            var facts = new Dictionary<string, string>
            {
                ["count"] = $"{Count}",
                ["client"] = Phrases.Client(strongest.Case),
                ["server"] = Phrases.Server(strongest.Case),
                ["service"] = strongest.Case.ServerEndpoint.ToString(),
            };
            foreach ((string name, string value) in strongest.Facts)
                facts[name] = value;
            return facts;
        }
    }
}
