using System.CommandLine;
using Tcpwhy.Balancers;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Commands;

/// <summary>The options of <c>generate</c> that measure how long the backends keep an idle connection, instead of being told.</summary>
internal sealed class MeasureChoice
{
    private static readonly TimeSpan ShortestMost = TimeSpan.FromSeconds(2), LongestMost = TimeSpan.FromHours(1);
    private readonly Session _session;
    private readonly Option<bool> _measure = new("--measure") { Description = "measure how long they do: a request on each of some connections, then silence" };
    private readonly Option<TimeSpan> _most;

    public MeasureChoice(Session session)
    {
        _session = session;
        _most = Duration.Option(session, "--measure-max", "the longest idle time to wait for (default 65s; more changes no pool)", BackendMeasure.UsualLongest);
        Options = [_measure, _most];
    }

    public IReadOnlyList<Option> Options { get; }

    /// <summary>The setup with the backends' measured idle timeout when that was asked for; what could not be measured is said, and counted with what was told or is assumed.</summary>
    /// <exception cref="ToolException">The options contradict each other, or a signal ended the measuring.</exception>
    public BalancerSetup Apply(ParseResult parsed, BalancerSetup setup)
    {
        TimeSpan most = parsed.GetValue(_most);
        Screen talk = _session.Talk;
        Parsed.Refuse(parsed.Gives(_most) && !parsed.GetValue(_measure), talk.T("{0} goes with {1}", _most.Name, _measure.Name));
        Parsed.Refuse(most < ShortestMost || most > LongestMost, talk.T("{0}: at least {1} and at most {2}", _most.Name, "2s", "1h"));
        if (!parsed.GetValue(_measure))
            return setup;
        Parsed.Refuse(!setup.Http, talk.T("{0} goes with {1}", _measure.Name, "--mode http"));
        talk.Line(talk.T("measuring how long the backends keep idle connections, at most {0}", Measure.Of(most)));
        _session.Error.Flush();
        IReadOnlyList<BackendIdle> measured = Run(setup, most, talk);
        TimeSpan assumed = setup.BackendKeepAlive ?? TimeoutPlan.CommonServer;
        foreach (BackendIdle one in measured)
            talk.Line(Said(one, assumed, talk));
        return BackendMeasure.Shortest(measured, assumed) is { } shortest ? setup with { BackendKeepAlive = shortest, KeepAliveIsMeasured = true } : setup;
    }

    private IReadOnlyList<BackendIdle> Run(BalancerSetup setup, TimeSpan most, Screen talk)
    {
        using Interrupt interrupt = new();
        using var progress = new IdleProgress(_session, most);
        try
        {
            return new BackendMeasure(setup, most).Run(interrupt.Stop);
        }
        catch (OperationCanceledException) when (interrupt.Stop.IsCancellationRequested)
        {
            throw new ToolException(talk.T("stopped; nothing was written"), interrupt.Status(ExitCode.Done));
        }
    }

    private static string Said(BackendIdle one, TimeSpan assumed, Screen talk) => one switch
    {
        { Keeps: null } => talk.T("{0} cannot be measured, so {1} is assumed: {2}", one.Backend.Address, TimeoutPlan.Text(assumed), one.Obstacle?.In(talk.Language)),
        { Keeps.Ticks: 0 } => talk.T("{0} closes each connection with its answer", one.Backend.Address),
        { AtLeast: true } => talk.T("{0} keeps idle connections for {1} at least", one.Backend.Address, TimeoutPlan.Text(one.Keeps.Value)),
        _ => talk.T("{0} keeps idle connections for {1}", one.Backend.Address, TimeoutPlan.Text(one.Keeps.Value)),
    };
}
