using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Tcpwhy.Texts;
using Fault = Tcpwhy.Lab.Fault;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>lab list</c>, <c>lab run CAUSE|all</c>: makes a cause happen in throw-away network namespaces and shows the diagnosis.</summary>
internal sealed class LabCommand : Verb
{
    private readonly Session _session;
    private readonly Argument<string[]> _causes = new("CAUSE")
    {
        Description = "causes to make happen, or all",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _ipv6 = new("--ipv6") { Description = "make them over IPv6" };
    private readonly Option<int> _port = new("--port") { Description = "port of the service (default 8080)", DefaultValueFactory = _ => 8080 };
    private readonly Option<int?> _count = new("--count") { Description = "how many connections to break (default: a prime of the fault's own)" };
    private readonly Option<bool> _load = new("--load") { Description = "with healthy traffic beside it" };

    public LabCommand(Session session)
        : base("lab", "make a cause happen in throw-away network namespaces, and see it named")
    {
        _session = session;
        var list = new Part("list", "what can be made to happen");
        list.SetAction(_ => List());
        var run = new Part("run", "make causes happen and show the diagnosis")
        {
            Examples = ["tcpwhy lab run server-close-unread", "tcpwhy lab run all --ipv6"],
        };
        run.Add(_causes);
        run.Add(_ipv6);
        run.Add(_port);
        run.Add(_count);
        run.Add(_load);
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
        List<Fault> faults = Chosen(parsed.GetValue(_causes) ?? []);
        int port = parsed.GetValue(_port);
        if (port is < 1 or > 65534)
            throw new ToolException($"--port {port}: a port is a number from 1 to 65534", ExitCode.Usage);
        if (parsed.GetValue(_count) is < 1 or > 1000)
            throw new ToolException($"--count {parsed.GetValue(_count)}: a number from 1 to 1000", ExitCode.Usage);
        var parameters = new Parameters { Ipv6 = parsed.GetValue(_ipv6), Port = port, Count = parsed.GetValue(_count), BackgroundLoad = parsed.GetValue(_load) };
        if (!Environment.IsPrivilegedProcess)
            throw new ToolException("the lab makes network namespaces: run it as root, sudo ./tcpwhy lab run …", ExitCode.PrivilegeMissing);

        using Interrupt interrupt = new();
        var proc = new ProcFs();
        using ISource source = LiveSource.Open(new Features(proc), proc, TimeProvider.System, out string? obstacle);
        if (obstacle is not null)
            throw new ToolException(obstacle, ExitCode.KernelFeatureMissing);
        Screen talk = _session.Talk;
        var trials = new Trials(source)
        {
            OnMade = trial =>
            {
                // Once it is stopped, what is under way fails: that is no news.
                if (!interrupt.Stop.IsCancellationRequested)
                    talk.Line(trial.Obstacle is null ? talk.T("made {0}", trial.Fault.Cause) : talk.T("could not make {0}: {1}", trial.Fault.Cause, trial.Obstacle));
            },
        };
        Answer answer;
        IReadOnlyList<Trial> results;
        try
        {
            (answer, results) = trials.RunAsync([.. faults.Select(fault => new Trial(fault, parameters))], interrupt.Stop).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (interrupt.Stop.IsCancellationRequested)
        {
            talk.Line(talk.T("stopped; what was made is removed"));
            return interrupt.Status(ExitCode.Done);
        }
        if (results is [{ Obstacle: null } only])
            AnswerText.Write(answer with { Findings = only.Findings }, _session.Page);
        else
            Table(results);
        return interrupt.Status(results.All(trial => trial.IsNamed) ? ExitCode.Done : ExitCode.AssertionFailed);
    }

    private void Table(IReadOnlyList<Trial> results)
    {
        Screen page = _session.Page;
        foreach (Trial trial in results)
        {
            string said = trial.Obstacle ?? (trial.Findings is [var first, ..] ? $"{first.Cause} ({first.Confidence:0.00})" : page.T("nothing"));
            page.Line(
                new Piece(trial.IsNamed ? "✓ " : "✗ ", trial.IsNamed ? Ink.Green : Ink.Red),
                $"{trial.Fault.Cause,-30} ",
                page.T("made {0}, counted {1}: {2}", $"{trial.Made?.Count ?? 0}", $"{trial.Counted}", said));
        }
        page.Line(page.T("{0} of {1} named as the first finding", $"{results.Count(trial => trial.IsNamed)}", $"{results.Count}"));
    }

    private static List<Fault> Chosen(string[] words)
    {
        if (words is ["all"])
            return [.. FaultCatalogue.All];
        List<Fault> chosen = [];
        foreach (string word in words)
        {
            chosen.Add(FaultCatalogue.Find(word)
                ?? throw new ToolException($"the lab cannot make '{word}'{Nearest.Hint(word, FaultCatalogue.All.Select(fault => fault.Cause))}", ExitCode.Usage));
        }
        return chosen;
    }

    private sealed class Part(string name, string description) : Verb(name, description);
}
