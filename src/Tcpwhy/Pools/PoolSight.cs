using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Pools.Runtimes;
using Tcpwhy.Sources;

namespace Tcpwhy.Pools;

/// <summary>Judges pools while somebody looks on: sockets of each pass go in, and the verdicts so far come out. Connections that live between two looks are missed.</summary>
public sealed class PoolSight(ProcFs proc, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private readonly PortRanges _ranges = new(proc);
    private readonly Dictionary<int, (ProcessInfo Process, Runtime Runtime)> _processes = [];
    private PoolObserver _observer = new();
    private List<PoolSocket> _sockets = [];
    private long _began = time.GetTimestamp();

    /// <summary>Takes one socket of a pass that has tcp_info.</summary>
    public void See(in TcpSocket socket)
    {
        if (socket.State is TcpState.SynReceived or TcpState.NewSynReceived or TcpState.Closed)
            return;
        _sockets.Add(PoolSampler.Of(socket, chosen: true));
        if (socket.Owner is { } owner && !socket.IsListener && (!_processes.TryGetValue(owner.Pid, out var known) || known.Process.Comm != owner.Comm))
            _processes[owner.Pid] = (new ProcessInfo(owner.Pid, owner.Comm) { Container = owner.Container }, RuntimeRecogniser.Of(proc, owner.Pid));
    }

    /// <summary>Ends the pass, and judges what was seen so far, at most the last ten minutes.</summary>
    public IReadOnlyList<JudgedPool> End()
    {
        if (time.GetElapsedTime(_began) > Longest)
            (_observer, _began) = (new PoolObserver(), time.GetTimestamp());
        _observer.Observe(new PoolSample(time.GetElapsedTime(_began), _sockets));
        _sockets = new List<PoolSocket>(_sockets.Count + 16);
        if (_observer.Samples < 2)
            return [];
        return PoolReport.Rank(_observer.Conclude(_ranges.Of, ownersKnown: false)
            .Select(pool => _processes.TryGetValue(pool.Pid, out var known) ? pool with { Process = known.Process, Runtime = known.Runtime } : pool));
    }
}
