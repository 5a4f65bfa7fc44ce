namespace Tcpwhy.Lab.Healthy;

/// <summary>Traffic in which nothing is wrong: a diagnosis of it must stay silent.</summary>
public abstract class HealthyTraffic
{
    /// <summary>Its name, as nginx-reload.</summary>
    public abstract string Name { get; }

    /// <summary>What happens, in one sentence.</summary>
    public abstract string Description { get; }

    /// <summary>Programs (and "root") that it needs.</summary>
    public virtual IReadOnlyList<string> Requires => Requirements.Network;

    /// <summary>Runs it for so long, to a clean end.</summary>
    /// <exception cref="RequirementMissingException">A program that it needs is not here.</exception>
    public Task<HealthyRun> RunAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        Requirements.Check(Requires);
        return ActAsync(network, parameters, duration, ct);
    }

    private protected abstract Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct);
}
