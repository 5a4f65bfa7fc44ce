using System.Net.Sockets;
using Tcpwhy.Attempts;
using Tcpwhy.Diagnosis.Causes;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Probing;

/// <summary>Probes a target: resolves it, tries each of its addresses as often as the plan says, and judges what failed.</summary>
public sealed class Prober(ProbePlan plan, TimeProvider time)
{
    // A dead address keeps its attempts waiting for the whole connect timeout: the next begins meanwhile, as none is in the other's way.
    private static readonly TimeSpan Stagger = TimeSpan.FromSeconds(1);

    // A name that resolves to more is probed in turns.
    private const int AddressesAtOnce = 64;

    /// <summary>Is told of each attempt that ended, on any thread.</summary>
    public Action<Attempt>? OnAttempt { get; init; }

    /// <summary>Is told how many attempts there will be.</summary>
    public Action<int>? OnResolved { get; init; }

    /// <summary>Asks for the addresses of a name.</summary>
    internal Func<string, AddressFamily, CancellationToken, Task<Resolved>> Ask { get; init; } = Resolver.AskAsync;

    /// <summary>Runs to the end, or until <paramref name="stop"/>: then with the attempts that have ended.</summary>
    /// <exception cref="ToolException">The name has no address, or none of the family asked for.</exception>
    public async Task<ProbeResult> RunAsync(CancellationToken stop)
    {
        DateTimeOffset began = time.GetUtcNow();
        List<Resolved> lookups = await ResolveAsync(stop).ConfigureAwait(false);
        List<Endpoint> addresses = Chosen(lookups);
        OnResolved?.Invoke(addresses.Count * plan.Count);

        using AttemptJudge judge = AttemptJudge.Start(addresses, plan.WatchKernel);
        using var places = new SemaphoreSlim(AddressesAtOnce);
        List<Attempt>[] attempts = await Task.WhenAll(addresses.Select(address => TryAsync(address, judge, places, stop))).ConfigureAwait(false);
        AttemptVerdicts verdicts = judge.Finish();
        AddressResult[] results = [.. addresses.Zip(attempts)
            .Where(pair => pair.Second.Count > 0)
            .Select(pair => new AddressResult { Address = pair.First, Attempts = [.. pair.Second.Select(attempt => Judged(attempt, verdicts))] })];
        if (plan.Mtu)
            results = await Task.WhenAll(results.Select(result => MeasureAsync(result, stop))).ConfigureAwait(false);
        string unexplained = new UnknownTimeout().Id;
        return new ProbeResult
        {
            Plan = plan,
            Time = began,
            Lookups = lookups,
            Resolver = lookups.Count == 0 ? null : Resolver.Source(plan.Target.Host),
            Addresses = results,
            // What the search has explained is no longer unknown.
            Findings = [.. verdicts.Findings.Where(finding => finding.Cause != unexplained || results.Any(result => result.Attempts.Any(attempt => attempt.Cause == unexplained)))],
            WatchedKernel = judge.WatchesKernel,
        };
    }

    private static Attempt Judged(Attempt attempt, AttemptVerdicts verdicts) =>
        attempt.Failure is { } failure ? attempt with { Cause = verdicts.CauseOf(failure) } : attempt;

    private async Task<AddressResult> MeasureAsync(AddressResult result, CancellationToken stop)
    {
        if (result.Connect is null || stop.IsCancellationRequested)
            return result;
        try
        {
            MtuResult mtu = await new MtuProbe(plan, result.Address, time).RunAsync(stop).ConfigureAwait(false);
            return result with
            {
                Mtu = mtu,
                Attempts = !mtu.IsBlackHole ? result.Attempts
                    : [.. result.Attempts.Select(attempt => attempt.Outcome == AttemptOutcome.NoAnswer ? attempt with { Cause = MtuResult.BlackHoleCause } : attempt)],
            };
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return result;
        }
    }

    private async Task<List<Resolved>> ResolveAsync(CancellationToken stop)
    {
        List<Resolved> lookups = [];
        if (plan.Target.Literal is not null)
            return lookups;
        AddressFamily[] families = plan.Family == AddressFamily.Unspecified ? [AddressFamily.InterNetworkV6, AddressFamily.InterNetwork] : [plan.Family];
        for (int i = 0; i < plan.Count; i++)
        {
            foreach (AddressFamily family in families)
                lookups.Add(await Ask(plan.Target.Host, family, stop).ConfigureAwait(false));
            // What is not known at the first asking is not asked for again.
            if (lookups.All(lookup => lookup.Addresses.Count == 0))
                break;
        }
        return lookups;
    }

    private List<Endpoint> Chosen(List<Resolved> lookups)
    {
        IEnumerable<System.Net.IPAddress> found = plan.Target.Literal is { } literal ? [literal] : lookups.SelectMany(lookup => lookup.Addresses).Distinct();
        List<Endpoint> all = [.. found.Select(address => new Endpoint(address, plan.Target.Port))];
        if (all.Count == 0)
        {
            throw new ToolException($"{plan.Target.Host} cannot be resolved: {new Sentence(lookups[^1].Obstacle ?? "the name has no address")} (asked {Resolver.Source(plan.Target.Host)})",
                ExitCode.Unreachable);
        }
        AddressFamily family = plan.Socket.Source?.AddressFamily ?? plan.Family;
        List<Endpoint> chosen = [.. all.Where(address => family == AddressFamily.Unspecified || address.Address.AddressFamily == family)];
        return chosen.Count > 0 ? chosen
            : throw new ToolException($"{plan.Target.Host} has no {(family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")} address; it has {string.Join(", ", all.Select(one => one.Address))}", ExitCode.Usage);
    }

    private async Task<List<Attempt>> TryAsync(Endpoint address, AttemptJudge judge, SemaphoreSlim places, CancellationToken stop)
    {
        List<Task<Attempt>> made = [];
        try
        {
            await places.WaitAsync(stop).ConfigureAwait(false);
            try
            {
                for (int i = 0; i < plan.Count; i++)
                {
                    var attempting = new Attempting(plan, address, time);
                    Task<Attempt> attempt = AttemptAsync(attempting, judge, stop);
                    made.Add(attempt);
                    await Task.WhenAny(attempt, Task.Delay(Stagger, time, stop)).ConfigureAwait(false);
                    if (attempting.IsPastConnect)
                        await attempt.ConfigureAwait(false);
                }
                await Task.WhenAll(made).ConfigureAwait(false);
            }
            finally
            {
                places.Release();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Task.WhenAll(made.Select(one => one.ContinueWith(static _ => { }, TaskScheduler.Default))).ConfigureAwait(false);
        }
        return [.. made.Where(one => one.IsCompletedSuccessfully).Select(one => one.Result)];
    }

    private async Task<Attempt> AttemptAsync(Attempting attempting, AttemptJudge judge, CancellationToken stop)
    {
        using (attempting)
        {
            Attempt attempt = await attempting.MakeAsync(stop).ConfigureAwait(false);
            if (attempt.Failure is { } failure)
                judge.Observe(failure);
            OnAttempt?.Invoke(attempt);
            return attempt;
        }
    }
}
