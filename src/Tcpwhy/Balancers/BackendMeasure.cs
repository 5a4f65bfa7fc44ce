using System.Net;
using System.Net.Sockets;
using Tcpwhy.Model;
using Tcpwhy.Probing;
using Tcpwhy.Texts;

namespace Tcpwhy.Balancers;

/// <summary>How long one backend keeps an idle connection, as leaving some idle has shown.</summary>
/// <param name="Keeps">The shortest over its addresses, zero when it closes with each answer; null when it could not be measured.</param>
/// <param name="AtLeast">Whether it kept them as long as was tried.</param>
/// <param name="Obstacle">Why it could not be measured, or null.</param>
public sealed record BackendIdle(Backend Backend, TimeSpan? Keeps, bool AtLeast, Sentence? Obstacle);

/// <summary>Measures the keep-alive timeout of each backend: one request on each of some connections, which are then left idle until the backend ends them.</summary>
public sealed class BackendMeasure(BalancerSetup setup, TimeSpan longest)
{
    /// <summary>A pool is never kept longer than 60 s, so what a backend keeps longer changes nothing.</summary>
    public static readonly TimeSpan UsualLongest = TimeSpan.FromSeconds(65);

    private const int AtOnce = 16;
    private const int MostAddresses = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>All backends, in their order; it takes as long as the longest of them, so many at a time.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public IReadOnlyList<BackendIdle> Run(CancellationToken stop)
    {
        List<BackendIdle> measured = [];
        foreach (Backend[] group in setup.Backends.Chunk(AtOnce))
        {
            // A search waits on its thread: a thread of the pool would be missed by the answers.
            Task<BackendIdle>[] searches = [.. group.Select(backend => Task.Factory.StartNew(() => Measure(backend, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
            measured.AddRange(Task.WhenAll(searches).GetAwaiter().GetResult());
            stop.ThrowIfCancellationRequested();
        }
        return measured;
    }

    /// <summary>The time that a configuration for all of them counts on: the shortest, and <paramref name="otherwise"/> for those that could not be measured; null when none could.</summary>
    public static TimeSpan? Shortest(IReadOnlyList<BackendIdle> measured, TimeSpan otherwise) =>
        measured.Any(one => one.Keeps is not null) ? measured.Min(one => one.Keeps ?? otherwise) : null;

    private BackendIdle Measure(Backend backend, CancellationToken stop)
    {
        BackendIdle? shortest = null;
        Sentence? obstacle = null;
        foreach (IPAddress address in Addresses(backend, stop, ref obstacle))
        {
            BackendIdle one = Measure(backend, address, stop);
            obstacle ??= one.Obstacle;
            if (one.Keeps is { } keeps && !(shortest?.Keeps <= keeps))
                shortest = one;
        }
        return shortest ?? new BackendIdle(backend, null, false, obstacle);
    }

    private static IEnumerable<IPAddress> Addresses(Backend backend, CancellationToken stop, ref Sentence? obstacle)
    {
        if (backend.Address.Address is { } literal)
            return [literal];
        Resolved resolved;
        try
        {
            resolved = Resolver.AskAsync(backend.Address.Host, AddressFamily.Unspecified, stop).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return [];
        }
        if (resolved.Obstacle is { } unresolved)
            obstacle = unresolved;
        return resolved.Addresses.Take(MostAddresses);
    }

    private BackendIdle Measure(Backend backend, IPAddress address, CancellationToken stop)
    {
        var plan = new ProbePlan
        {
            Target = new ProbeTarget(setup.BackendTlsName ?? backend.Address.Host, backend.Address.Port),
            Tls = setup.BackendTlsName is not null,
            HttpPath = setup.HealthPath ?? "/",
            ResponseTimeout = Patience,
        };
        try
        {
            IdleAnswer answer = new IdleSearch(new IdleTarget(plan, new Endpoint(address, backend.Address.Port)), longest) { CountsRequests = false }.Run(stop);
            return answer switch
            {
                { ClosesAfterReply: true } => new BackendIdle(backend, TimeSpan.Zero, false, null),
                { Limit: { } limit } => new BackendIdle(backend, Kept(limit), false, null),
                { TargetGone: true } or { Survived.Ticks: 0 } => new BackendIdle(backend, null, false, "it stopped answering"),
                _ => new BackendIdle(backend, Tenths(answer.Survived), true, null),
            };
        }
        catch (ToolException unreachable)
        {
            return new BackendIdle(backend, null, false, unreachable.Sentence);
        }
    }

    // Of what was measured the lower end.
    private static TimeSpan Kept(IdleLimit limit) => Tenths(limit.Timeout - (limit.Spread / 2));

    // Programs count whole seconds, and the network's delay is no part of them.
    private static TimeSpan Tenths(TimeSpan time) => TimeSpan.FromSeconds(Math.Round(time.TotalSeconds, 1));
}
