namespace Tcpwhy.Lab;

/// <summary>One way in which connections break, made for real.</summary>
public abstract class Fault
{
    /// <summary>The cause's code, as server-close-unread.</summary>
    public abstract string Cause { get; }

    /// <summary>What happens, in one sentence.</summary>
    public abstract string Description { get; }

    /// <summary>How many connections it breaks unless told otherwise: a prime, so that a right count is no coincidence.</summary>
    public abstract int Count { get; }

    /// <summary>Ways of making it; the first is the usual one.</summary>
    public virtual IReadOnlyList<string> Variants => ["usual"];

    /// <summary>Whether the variant can be made over IPv6.</summary>
    public virtual bool WorksOverIpv6(string variant) => true;

    /// <summary>Programs (and "root") that it needs.</summary>
    public virtual IReadOnlyList<string> Requires => Requirements.Network;

    /// <summary>Settings of the whole host that it changes for a moment, and puts back.</summary>
    public virtual IReadOnlyList<string> NeedsGlobal => [];

    /// <summary>Makes it in the given network and returns when it is made.</summary>
    /// <exception cref="RequirementMissingException">A program that it needs is not here.</exception>
    /// <exception cref="LabException">The kernel did something else than the cause says.</exception>
    public async Task<Made> MakeAsync(Network network, Parameters parameters, CancellationToken ct)
    {
        Requirements.Check(Requires);
        if (NeedsGlobal.Count > 0 && !parameters.AllowGlobal)
            throw new RequirementMissingException([$"--allow-global (it changes {string.Join(", ", NeedsGlobal)} of the whole host for a moment)"]);
        string variant = parameters.Variant ?? Variants[0];
        if (!Variants.Contains(variant))
            throw new ArgumentException($"{Cause} has no variant {variant}, only {string.Join(", ", Variants)}", nameof(parameters));
        if (parameters.Ipv6 && !WorksOverIpv6(variant))
            throw new ArgumentException($"{Cause} ({variant}) is made over IPv4 only", nameof(parameters));
        using GlobalTurn? turn = NeedsGlobal.Count > 0 ? await GlobalTurn.TakeAsync(ct) : null;
        var stage = new Stage(network, parameters, Cause, variant, parameters.Count ?? Count);
        await using Background? background = parameters.BackgroundLoad ? await Background.StartAsync(network, parameters, ct) : null;
        return await ActAsync(stage, ct);
    }

    private protected abstract Task<Made> ActAsync(Stage stage, CancellationToken ct);
}
