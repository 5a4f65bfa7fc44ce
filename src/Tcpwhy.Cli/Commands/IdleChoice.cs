using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Model;
using Tcpwhy.Probing;

namespace Tcpwhy.Cli.Commands;

/// <summary>The options of <c>probe</c> that leave connections idle, and reuse them.</summary>
internal sealed class IdleChoice
{
    private static readonly TimeSpan UsualMost = TimeSpan.FromMinutes(10);
    private readonly Option<bool> _idle = new("--idle") { Description = "find how long a connection may be idle, and what ends it" };
    private readonly Option<TimeSpan> _most;
    private readonly Option<bool> _reuse = new("--reuse") { Description = "send requests on kept connections around the idle limit: is one lost?" };
    private readonly Option<TimeSpan> _timeout;

    public IdleChoice(Session session)
    {
        _most = Duration.Option(session, "--idle-max", "the longest idle time to try (default 10m)", UsualMost);
        _timeout = Duration.Option(session, "--idle-timeout", "the idle limit for --reuse, when it is known (default: found first)", TimeSpan.Zero);
        Options = [_idle, _most, _reuse, _timeout];
    }

    public IReadOnlyList<Option> Options { get; }

    /// <summary>Says what is wrong with the options together.</summary>
    /// <exception cref="ToolException">One needs another that is missing.</exception>
    public void Check(ParseResult parsed, ProbePlan plan)
    {
        bool idle = parsed.GetValue(_idle), reuse = parsed.GetValue(_reuse), timeout = parsed.GetValue(_timeout) > TimeSpan.Zero;
        if (parsed.Gives(_most) && !(idle || (reuse && !timeout)))
            throw new ToolException("--idle-max goes with --idle, or with --reuse without --idle-timeout", ExitCode.Usage);
        if (timeout && !reuse)
            throw new ToolException("--idle-timeout goes with --reuse; the longest time for --idle is --idle-max", ExitCode.Usage);
        if (parsed.GetValue(_most) is var most && (most < TimeSpan.FromSeconds(2) || most > TimeSpan.FromHours(24)))
            throw new ToolException("--idle-max: at least 2s and at most 24h", ExitCode.Usage);
        if (timeout && parsed.GetValue(_timeout) < TimeSpan.FromMilliseconds(100))
            throw new ToolException("--idle-timeout: at least 100ms", ExitCode.Usage);
        if (reuse && plan.HttpPath is null)
            throw new ToolException("--reuse needs --http PATH: it sends requests", ExitCode.Usage);
    }

    /// <summary>Leaves connections idle and reuses them as the options say, at the first address that answers.</summary>
    /// <exception cref="ToolException">The target stopped answering, or keeps no connection.</exception>
    public ProbeResult Follow(ParseResult parsed, ProbeResult result, Session session, CancellationToken stop)
    {
        bool idle = parsed.GetValue(_idle), reuse = parsed.GetValue(_reuse);
        if (!(idle || reuse) || result.Addresses.FirstOrDefault(address => !address.IsDead) is not { } alive || stop.IsCancellationRequested)
            return result;
        var target = new IdleTarget(result.Plan, alive.Address);
        TimeSpan known = parsed.GetValue(_timeout);
        if (idle || known == TimeSpan.Zero)
        {
            TimeSpan most = parsed.GetValue(_most);
            using var progress = new IdleProgress(session, most);
            result = result with { Idle = new IdleSearch(target, most) { OnProgress = progress.Known }.Run(stop) };
        }
        if (!reuse || stop.IsCancellationRequested)
            return result;
        IdleLimit? limit = known > TimeSpan.Zero ? new IdleLimit(known, TimeSpan.Zero, IdleEnd.Fin, 0, null) : result.Idle?.Limit;
        if (limit is null)
            return result;
        using var rounds = new IdleProgress(session, limit.Timeout);
        return result with { Reuse = new ReuseTrial(target, limit.Timeout, limit.Spread, TimeProvider.System) { OnRound = rounds.Round }.Run(stop) };
    }

}
