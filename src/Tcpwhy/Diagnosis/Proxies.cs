using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>Programs that stand between clients and servers, known by what they do, or by their name.</summary>
public sealed class Proxies
{
    private readonly HashSet<int> _relays = [];
    private readonly HashSet<(uint Netns, string Comm)> _programs = [];
    private readonly Moments _failed = new();

    /// <summary>Whether a program of this name is nothing but a proxy.</summary>
    internal static bool IsProxy(string comm) => comm is "haproxy" or "envoy" or "traefik" or "varnishd" or "cache-main" or "pound" or "squid";

    /// <summary>Whether a program of this name may be one.</summary>
    internal static bool MayBeProxy(string comm) => IsProxy(comm) || comm is "nginx" or "caddy" or "httpd" or "apache2";

    /// <summary>Takes in which processes both accept and connect.</summary>
    internal void Observe(SocketEvent next)
    {
        if (next is ResetReceived { Process: { } client } and ({ State: TcpState.SynSent } or { Sample.Opener: Opener.Local }))
            _failed.Add(client.Pid, next.Time);
        if (next is { Sample.Relay: true, Process: { } process })
            Add(process, next.Netns);
    }

    /// <inheritdoc cref="Observe(SocketEvent)"/>
    internal void Observe(TrafficCounted next)
    {
        // Recordings of before have none.
        if (next.Relays is not { Length: > 0 } relays)
            return;
        foreach (RelayProcess relay in relays)
            Add(relay.Process, relay.Netns);
    }

    private void Add(ProcessInfo process, uint netns)
    {
        if (_relays.Count >= 10_000)
            _relays.Clear(); // a bound; each further event of a relay says so again
        _relays.Add(process.Pid);
        if (MayBeProxy(process.Comm))
            _programs.Add((netns, process.Comm));
    }

    /// <summary>Whether a process that closed had just been refused, or cut off, by a server of its own: it only passed that on.</summary>
    internal bool PassedOn(ConnectionEnd server) =>
        server is { Process: { } process, Death: { } end } && _failed.Has(process.Pid, end.Time - (end.Sample?.SinceFinSent ?? TimeSpan.Zero));

    /// <summary>Whether a process passes requests on: it was seen to, its workers were, or it is made for nothing else.</summary>
    internal bool Contains(ProcessInfo? process, uint netns) =>
        process is not null && (IsProxy(process.Comm) || _relays.Contains(process.Pid) || _programs.Contains((netns, process.Comm)));
}
