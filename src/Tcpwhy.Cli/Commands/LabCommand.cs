using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Lab;
using Tcpwhy.Lab.Healthy;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Tcpwhy.Texts;
using Fault = Tcpwhy.Lab.Fault;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>lab list</c>, <c>lab run CAUSE|all</c>: makes a cause happen in throw-away network namespaces and shows the diagnosis.</summary>
internal sealed class LabCommand : Verb
{
    /// <summary>Recall and precision below which the score fails.</summary>
    private const double Goal = 0.97;

    private readonly Session _session;
    private readonly Argument<string[]> _causes = new("CAUSE")
    {
        Description = "causes to make happen, or all",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _ipv6 = new("--ipv6") { Description = "make them over IPv6" };
    private readonly Option<int> _port = new("--port") { Description = "port of the service (default 8080)", DefaultValueFactory = _ => 8080 };
    private readonly Option<int?> _count = new("--count") { Description = "how many connections to break (default: a prime of the fault's own)" };
    private readonly Option<bool> _variations = new("--variations") { Description = "make each in all its variations (IPv6, other ports and programs, under load) and give the score" };
    private readonly Option<TimeSpan> _healthy;
    private readonly Option<OutputFormat> _format;
    private readonly Option<bool> _allowGlobal = new("--allow-global") { Description = "make also what changes a setting of the whole host for a moment (it is put back)" };
    private readonly Option<bool> _load = new("--load") { Description = "with healthy traffic beside it" };

    public LabCommand(Session session)
        : base("lab", "make a cause happen in throw-away network namespaces, and see it named")
    {
        _session = session;
        _format = Choice.Format(_session);
        _healthy = Duration.Option(_session, "--healthy", "with 'all --variations': how long each kind of healthy traffic runs (default 10s)", TimeSpan.FromSeconds(10));
        var list = new Part("list", "what can be made to happen");
        list.SetAction(_ => List());
        var run = new Part("run", "make causes happen and show the diagnosis")
        {
            Examples = ["tcpwhy lab run server-close-unread", "tcpwhy lab run all --ipv6", "tcpwhy lab run all --variations"],
        };
        run.Add(_causes);
        run.Add(_ipv6);
        run.Add(_port);
        run.Add(_count);
        run.Add(_load);
        run.Add(_allowGlobal);
        run.Add(_variations);
        run.Add(_healthy);
        run.Add(_format);
        run.SetAction(Run);
        Add(list);
        Add(run);
        Examples = ["tcpwhy lab list", "sudo tcpwhy lab run all"];
    }

    private int List()
    {
        Screen page = _session.Page;
        foreach (Fault fault in FaultCatalogue.All)
        {
            page.Line(new Piece(fault.Cause, Ink.Bold));
            page.Paragraph(2, page.T(fault.Description));
        }
        return ExitCode.Done;
    }

    private int Run(ParseResult parsed)
    {
        List<Fault> faults = Chosen(parsed.GetValue(_causes) ?? [], parsed.GetValue(_allowGlobal));
        int port = parsed.GetValue(_port);
        if (port is < 1 or > 65534)
            throw new ToolException($"--port {port}: a port is a number from 1 to 65534", ExitCode.Usage);
        if (parsed.GetValue(_count) is < 1 or > 1000)
            throw new ToolException($"--count {parsed.GetValue(_count)}: a number from 1 to 1000", ExitCode.Usage);
        var parameters = new Parameters { Ipv6 = parsed.GetValue(_ipv6), Port = port, Count = parsed.GetValue(_count), BackgroundLoad = parsed.GetValue(_load), AllowGlobal = parsed.GetValue(_allowGlobal) };
        if (parsed.GetValue(_variations))
        {
            foreach (Option one in (Option[])[_ipv6, _port, _count, _load])
                Parsed.Refuse(parsed.Gives(one), _session.Talk.T("{0} and {1} contradict each other: {2}", one.Name, "--variations", _session.Talk.T("the variations are all made")));
        }
        else
        {
            foreach (Option one in (Option[])[_format, _healthy])
                Parsed.Refuse(parsed.Gives(one), _session.Talk.T("{0} needs {1}", one.Name, "--variations"));
        }

        if (!Environment.IsPrivilegedProcess)
            throw new ToolException("the lab makes network namespaces: run it as root, sudo ./tcpwhy lab run …", ExitCode.PrivilegeMissing);

        using Interrupt interrupt = new();
        try
        {
            return interrupt.Status(parsed.GetValue(_variations)
                ? Score(faults, parsed, interrupt.Stop)
                : Make(faults, parameters, interrupt.Stop));
        }
        catch (OperationCanceledException) when (interrupt.Stop.IsCancellationRequested)
        {
            _session.Talk.Line(_session.Talk.T("stopped; what was made is removed"));
            return interrupt.Status(ExitCode.Done);
        }
    }

    private int Make(List<Fault> faults, Parameters parameters, CancellationToken stop)
    {
        using ISource source = Watch();
        var trials = new Trials(source) { OnMade = Teller(stop) };
        (Answer answer, IReadOnlyList<Trial> results) = trials.RunAsync([.. faults.Select(fault => new Trial(fault, parameters))], stop).GetAwaiter().GetResult();
        if (results is [{ Obstacle: null } only])
            AnswerText.Write(answer with { Findings = only.Findings }, _session.Page);
        else
            Table(results);
        return results.All(trial => trial.IsNamed) ? ExitCode.Done : ExitCode.AssertionFailed;
    }

    private int Score(List<Fault> faults, ParseResult parsed, CancellationToken stop)
    {
        IReadOnlyList<HealthyTraffic> healthy = faults.Count >= FaultCatalogue.Contained.Count ? HealthyCatalogue.All : [];
        Score score = Tcpwhy.Lab.Score.OfAsync(faults, healthy, parsed.GetValue(_healthy), Watch, Teller(stop), stop).GetAwaiter().GetResult();
        if (parsed.GetValue(_format) == OutputFormat.Json)
            _session.Out.WriteLine(JsonText.Of(ScoreJson.Of(score), JsonShapes.Document.ScoreJson));
        else
            ScoreText.Write(score, _session.Page);
        return score.Recall >= Goal && score.Precision >= Goal && score.FalseAlarms == 0 ? ExitCode.Done : ExitCode.AssertionFailed;
    }

    private static ISource Watch()
    {
        var proc = new ProcFs();
        ISource source = LiveSource.Open(new Features(proc), proc, TimeProvider.System, out string? obstacle, payload: true);
        if (obstacle is null)
            return source;
        source.Dispose();
        throw new ToolException(obstacle, ExitCode.KernelFeatureMissing);
    }

    private Action<Trial> Teller(CancellationToken stop) => trial =>
    {
        Screen talk = _session.Talk;
        // Once it is stopped, what is under way fails: that is no news.
        if (!stop.IsCancellationRequested)
            talk.Line(trial.Obstacle is null ? talk.T("made {0}", trial.Fault.Cause) : talk.T("could not make {0}: {1}", trial.Fault.Cause, trial.Obstacle));
    };

    private void Table(IReadOnlyList<Trial> results)
    {
        Screen page = _session.Page;
        foreach (Trial trial in results)
        {
            string said = trial.Obstacle ?? (trial.First is { } first ? $"{first.Cause} ({first.Confidence:0.00})" : page.T("nothing"));
            page.Line(
                new Piece(trial.IsNamed ? "✓ " : "✗ ", trial.IsNamed ? Ink.Green : Ink.Red),
                $"{trial.Fault.Cause,-30} ",
                page.T("made {0}, counted {1}: {2}", $"{trial.Made?.Count ?? 0}", $"{trial.Counted}", said));
        }
        page.Line(page.T("{0} of {1} named as the first finding", $"{results.Count(trial => trial.IsNamed)}", $"{results.Count}"));
    }

    private static List<Fault> Chosen(string[] words, bool allowGlobal)
    {
        if (words is ["all"])
            return [.. allowGlobal ? FaultCatalogue.All : FaultCatalogue.Contained];
        List<Fault> chosen = [];
        foreach (string word in words)
        {
            chosen.Add(FaultCatalogue.Find(word)
                ?? throw new ToolException($"the lab cannot make '{word}'{Nearest.Hint(word, FaultCatalogue.All.Select(fault => fault.Cause))}", ExitCode.Usage));
            if (chosen[^1] is { NeedsGlobal.Count: > 0 } wide && !allowGlobal)
                throw new ToolException($"'{word}' changes {string.Join(", ", wide.NeedsGlobal)} of the whole host for a moment: give --allow-global", ExitCode.Usage);
        }
        return chosen;
    }

    private sealed class Part(string name, string description) : Verb(name, description);
}
