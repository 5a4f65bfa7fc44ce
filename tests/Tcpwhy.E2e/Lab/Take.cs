using System.Net;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.E2e.Lab;

/// <summary>What this host's kernel showed of one network of the lab while something was done in it, and nothing of what else happened meanwhile.</summary>
static class Take
{
    /// <summary>What a source needs to hear the last events, and to look once more at listeners and waiting sockets.</summary>
    static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(1);

    public static async Task<IReadOnlyList<Event>> OfAsync(Network network, Func<Task> act, CancellationToken ct, bool payload = false)
    {
        List<Event> seen = [];
        var proc = new ProcFs();
        using ISource source = LiveSource.Open(new Features(proc), proc, TimeProvider.System, out string? obstacle, payload);
        if (obstacle is not null)
            throw new LabException(obstacle);
        using var window = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watching = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task watch = Task.Factory.StartNew(() => source.Run(next =>
        {
            seen.Add(next);
            if (next is Started)
                watching.TrySetResult();
        }, window.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await Task.WhenAny(watching.Task, watch);
            await act();
            await Task.Delay(Aftermath, ct);
        }
        finally
        {
            // The source may be disposed only when it no longer runs.
            await window.CancelAsync();
            await watch;
        }
        IReadOnlyList<Host> hosts = network.Hosts;
        return Trimmed(seen, [.. hosts.Select(host => host.Netns)], [.. hosts.SelectMany(host => new[] { host.Ipv4, host.Ipv6 })]);
    }

    static List<Event> Trimmed(List<Event> seen, HashSet<uint> netns, HashSet<IPAddress> network)
    {
        HashSet<int> pids = [.. seen.Where(next => netns.Contains(next.Netns)).Select(PidOf)];
        List<Event> kept = [];
        foreach (Event next in seen)
        {
            // Traffic is counted for the whole host, and so is the cost of watching it: of its flows those of the network are kept.
            if (next is TrafficCounted traffic)
            {
                TrafficFlow[] flows = [.. traffic.Flows.Where(flow => netns.Contains(flow.Netns) && flow.Closed >= 20)];
                RelayProcess[] relays = [.. traffic.Relays.Where(relay => netns.Contains(relay.Netns))];
                if (flows.Length + relays.Length > 0)
                    kept.Add(new TrafficCounted { Time = traffic.Time, Flows = flows, Relays = relays });
                continue;
            }
            if (next is Ended end)
                kept.Add(new Ended { Time = end.Time, Events = kept.Count(one => one is SocketEvent or ProcessExited) });
            // Readings of the host, and drops whose segment bears no namespace any more.
            else if (next is Started or Lost or LimitRead { Netns: 0 } || next is Dropped { Netns: 0 } dropped && network.Contains(dropped.Local.Address) || netns.Contains(next.Netns) || next is ProcessExited exited && pids.Contains(exited.Process.Pid))
                kept.Add(next);
        }
        return kept;
    }

    static int PidOf(Event next) => next switch
    {
        SocketEvent socket => socket.Process?.Pid ?? 0,
        Listening listening => listening.Process?.Pid ?? 0,
        _ => 0,
    };
}
