using Tcpwhy.Filtering;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Lab;

/// <summary>Makes faults under one diagnosis that sees them all, several side by side, each in a network of its own.</summary>
public sealed class Trials(ISource source, string? executable = null)
{
    /// <summary>What the diagnosis needs to hear the last events of a fault.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(1);

    /// <summary>How many faults are made at the same time.</summary>
    public int SideBySide { get; init; } = 4;

    /// <summary>Sees every event, as a recording does; called on the thread of the diagnosis.</summary>
    public Action<Event>? OnEvent { get; init; }

    /// <summary>Told when a fault has been made, or could not be.</summary>
    public Action<Trial>? OnMade { get; init; }

    /// <summary>Looks at a network before a fault is made in it; what it returns is called with what was made.</summary>
    public Func<Network, CancellationToken, Task<Func<Made, CancellationToken, Task>>>? Witness { get; init; }

    /// <summary>Makes all, then judges: networks and processes live until the verdict, so that their end is not taken for a fault.</summary>
    public async Task<(Answer Answer, IReadOnlyList<Trial> Trials)> RunAsync(IReadOnlyList<Trial> trials, CancellationToken ct)
    {
        using var window = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watching = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<Answer> diagnosis = Task.Factory.StartNew(
            () => Pipeline.Run(source, Filter.Everything, next =>
            {
                OnEvent?.Invoke(next);
                if (next is Started)
                    watching.TrySetResult();
            }, null, window.Token),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAny(watching.Task, diagnosis);

        var networks = new List<Network>();
        try
        {
            using var turn = new SemaphoreSlim(SideBySide);
            Dictionary<Trial, Trial> made = new(ReferenceEqualityComparer.Instance);
            Trial[] contained = [.. trials.Where(trial => trial.Fault.NeedsGlobal.Count == 0)];
            foreach ((Trial trial, Trial result) in contained.Zip(await Task.WhenAll(contained.Select(trial => MakeAsync(trial, turn, networks, ct)))))
                made[trial] = result;
            // What changes the whole host would change what is made beside it.
            foreach (Trial trial in trials.Where(trial => trial.Fault.NeedsGlobal.Count > 0))
                made[trial] = await MakeAsync(trial, turn, networks, ct);
            await Task.Delay(Aftermath, ct);
            await window.CancelAsync();
            Answer answer = await diagnosis;
            return (answer, [.. trials.Select(trial => made[trial].Judged(answer))]);
        }
        finally
        {
            await window.CancelAsync();
            foreach (Network network in networks)
                await network.DisposeAsync();
        }
    }

    private async Task<Trial> MakeAsync(Trial trial, SemaphoreSlim turn, List<Network> networks, CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            Network network;
            // One after the other: a network takes the first slot that is free.
            await Building.WaitAsync(ct);
            try
            {
                network = await Network.CreateAsync(executable, ct);
            }
            finally
            {
                Building.Release();
            }
            lock (networks)
                networks.Add(network);
            trial = trial with
            {
                Addresses = [.. new[] { network.Client, network.Server }.SelectMany(host => new[] { host.Address(false), host.Address(true) })],
            };
            Func<Made, CancellationToken, Task>? testify = Witness is null ? null : await Witness(network, ct);
            trial = trial with { Made = await trial.Fault.MakeAsync(network, trial.Parameters, ct) };
            if (testify is not null)
                await testify(trial.Made, ct);
        }
        catch (Exception failure) when (failure is LabException or RequirementMissingException)
        {
            trial = trial with { Obstacle = failure.Message };
        }
        finally
        {
            turn.Release();
        }
        OnMade?.Invoke(trial);
        return trial;
    }

    private static readonly SemaphoreSlim Building = new(1);
}
