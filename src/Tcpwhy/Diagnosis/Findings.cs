using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>Verdicts of the same cause, process, peer and port, summed up: 20 resets are one finding, not 20.</summary>
public sealed class Findings
{
    private readonly Dictionary<(string Cause, uint Netns, int Pid, Endpoint Local, Endpoint Peer), Group> _groups = [];

    /// <summary>Adds a verdict and returns its finding as it now stands.</summary>
    public Finding Add(Verdict verdict)
    {
        Case broken = verdict.Case;
        ConnectionEnd? client = broken.Client, server = broken.Server;
        ProcessInfo? own = verdict.FromClient ? client?.Process ?? broken.Call?.Process ?? broken.Waiting?.Process : server?.Process ?? broken.QueueFull?.Process ?? broken.Waiting?.Process;
        uint netns = verdict.FromClient ? client?.Netns ?? broken.Call?.Netns ?? broken.Waiting?.Netns ?? 0 : broken.ServerNetns;
        // The client's port changes from connection to connection; the service's does not.
        Endpoint clientAddress = broken.ClientEndpoint with { Port = 0 };
        (Endpoint local, Endpoint peer) = verdict.FromClient ? (clientAddress, broken.ServerEndpoint) : (broken.ServerEndpoint, clientAddress);
        var key = (verdict.Cause.Id, netns, own?.Pid ?? 0, local, peer);
        if (!_groups.TryGetValue(key, out Group? group))
            _groups[key] = group = new Group(verdict.Cause.Id, netns, local, peer);
        group.Add(verdict, own, verdict.FromClient ? server?.Process : client?.Process);
        return group.Sum();
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

    private sealed class Group(string cause, uint netns, Endpoint local, Endpoint peer)
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

        public int Count { get; private set; }
        public Severity Severity { get; private set; }

        public void Add(Verdict verdict, ProcessInfo? process, ProcessInfo? peerProcess)
        {
            Case broken = verdict.Case;
            Count += broken.Count;
            _confidence += verdict.Confidence * broken.Count;
            if (verdict.Severity > Severity)
                Severity = verdict.Severity;
            if (_strongest is null || verdict.Confidence > _strongest.Confidence)
                _strongest = verdict;
            _process ??= process;
            _peerProcess ??= peerProcess;
            _first = broken.Start < _first ? broken.Start : _first;
            _last = broken.Last > _last ? broken.Last : _last;
            _gap |= broken.AcrossGap;
            foreach (Evidence item in verdict.Evidence)
            {
                var key = (item.What, item.Source, item.Against);
                _evidence[key] = _evidence.TryGetValue(key, out var seen)
                    ? (seen.Value == item.Value || seen.Value.EndsWith(" …", StringComparison.Ordinal) ? seen.Value : seen.Value + " …", seen.Count + item.Count)
                    : (item.Value, item.Count);
            }
            if (_examples.Count < 10)
                _examples.Add(Timelines.Of(broken));
        }

        public Finding Sum() => new()
        {
            Cause = cause,
            Severity = Severity,
            Confidence = Math.Round(_confidence / Math.Max(Count, 1), 2),
            Count = Count,
            Fault = _strongest!.Fault,
            Process = _process,
            PeerProcess = _peerProcess,
            Netns = netns,
            Local = local,
            Peer = peer,
            First = _first,
            Last = _last,
            Evidence = [.. _evidence.Select(item => new Evidence(item.Key.What, item.Value.Value, item.Value.Count, item.Key.Source, item.Key.Against))],
            Remedy = _strongest.Remedies,
            Facts = new Dictionary<string, string>(_strongest.Facts)
            {
                ["count"] = $"{Count}",
                ["client"] = Phrases.Client(_strongest.Case),
                ["server"] = Phrases.Server(_strongest.Case),
                ["service"] = _strongest.Case.ServerEndpoint.ToString(),
            },
            SettlesIt = _strongest.SettledBy,
            Examples = [.. _examples],
            AcrossGap = _gap,
        };
    }
}
