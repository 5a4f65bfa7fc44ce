using System.Collections.Concurrent;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;

namespace Tcpwhy.Pools.Runtimes.DotNet;

/// <summary>The counters of every .NET process of a window, beside what is seen of its connections from outside.</summary>
public sealed class OwnCounters(ProcFs proc) : IDisposable
{
    private const int MostProcesses = 32;
    private readonly HashSet<int> _seen = [Environment.ProcessId];
    private readonly ConcurrentDictionary<int, DiagnosticsPort> _ports = [];
    private readonly List<Task> _beginning = [];

    /// <summary>Processes that were found and could not be read.</summary>
    public IReadOnlyList<CountersUnread> Unread =>
        [.. _ports.Values.Where(port => port.Obstacle is not null).OrderBy(port => port.Pid).Select(port => new CountersUnread(port.Pid, port.Obstacle!))];

    /// <summary>Begins to listen to those of the processes that run on .NET and are new, at most 32 in all, while the caller goes on.</summary>
    public void See(IEnumerable<int> pids)
    {
        List<int> fresh = [.. pids.Where(_seen.Add)];
        if (fresh.Count > 0)
            _beginning.Add(Task.Run(() => BeginAsync(fresh)));
    }

    /// <summary>Ends the listening.</summary>
    public void End()
    {
        Task.WhenAll(_beginning).GetAwaiter().GetResult();
        Task.WhenAll(_ports.Values.Select(port => port.EndAsync())).GetAwaiter().GetResult();
    }

    /// <summary>What a process counted of its requests to a destination.</summary>
    public IReadOnlyList<OwnCount> Of(int pid, Endpoint destination) =>
        _ports.TryGetValue(pid, out DiagnosticsPort? port) ? port.Meter.Of(destination) : [];

    public void Dispose()
    {
        foreach (DiagnosticsPort port in _ports.Values)
            port.Dispose();
    }

    private async Task BeginAsync(List<int> pids)
    {
        List<DiagnosticsPort> found = [];
        foreach (int pid in pids)
        {
            if (_ports.Count >= MostProcesses || RuntimeRecogniser.Of(proc, pid) != Runtime.DotNet)
                continue;
            var port = new DiagnosticsPort(pid);
            _ports[pid] = port;
            found.Add(port);
        }
        await Task.WhenAll(found.Select(port => port.BeginAsync())).ConfigureAwait(false);
    }
}
