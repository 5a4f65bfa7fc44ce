using System.Net;
using Tcpwhy.Filtering;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Lab.Healthy;

/// <summary>One kind of healthy traffic under diagnosis, and what the diagnosis said of it.</summary>
public sealed record HealthyTrial(HealthyTraffic Kind, Parameters Parameters)
{
    /// <summary>Addresses of the network in which it ran.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>What it did; null when it could not run.</summary>
    public HealthyRun? Run { get; init; }

    /// <summary>Why it could not run, or null.</summary>
    public string? Obstacle { get; init; }

    /// <summary>What was said of it.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>What should not have been said: findings beyond normal life.</summary>
    public IReadOnlyList<Finding> Alarms => [.. Findings.Where(finding => finding.Severity > Severity.Info)];

    /// <summary>Runs some kinds side by side under one diagnosis, each in a network of its own that lives until the verdict, so that its end is not part of it.</summary>
    /// <param name="executable">The program that plays the actors, null for this one.</param>
    public static async Task<(Answer Answer, IReadOnlyList<HealthyTrial> Trials)> RunAsync(ISource source, IReadOnlyList<HealthyTrial> trials, TimeSpan duration, Action<Event>? onEvent, CancellationToken ct, string? executable = null)
    {
        using var window = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<Answer> diagnosis = Task.Factory.StartNew(() => Pipeline.Run(source, Filter.Everything, onEvent, null, window.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        List<Network> networks = [];
        try
        {
            foreach (HealthyTrial _ in trials)
                networks.Add(await Network.CreateAsync(executable, ct));
            HealthyTrial[] run = await Task.WhenAll(trials.Select((trial, n) => RunAsync(trial, networks[n], duration, ct)));
            await Task.Delay(TimeSpan.FromSeconds(1), ct);
            await window.CancelAsync();
            Answer answer = await diagnosis;
            return (answer, [.. run.Select(trial => trial with { Findings = [.. answer.Findings.Where(finding => trial.Addresses.Contains(finding.Local.Address) || trial.Addresses.Contains(finding.Peer.Address))] })]);
        }
        finally
        {
            await window.CancelAsync();
            foreach (Network network in networks)
                await network.DisposeAsync();
        }
    }

    private static async Task<HealthyTrial> RunAsync(HealthyTrial trial, Network network, TimeSpan duration, CancellationToken ct)
    {
        trial = trial with { Addresses = [.. new[] { network.Client, network.Router, network.Server }.SelectMany(host => new[] { host.Address(false), host.Address(true) })] };
        try
        {
            return trial with { Run = await trial.Kind.RunAsync(network, trial.Parameters, duration, ct) };
        }
        catch (Exception failure) when (failure is LabException or RequirementMissingException)
        {
            return trial with { Obstacle = failure.Message };
        }
    }
}
