using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Filtering;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>tune apply</c>: changes what the plan says, undoes it unless it is confirmed, and measures whether it helped.</summary>
internal sealed class TuneApplyCommand : Verb
{
    private readonly Session _session;
    private readonly TuneOptions _options;
    private readonly TuneEvidence _evidence;
    private readonly Argument<string[]> _filter = new("FILTER")
    {
        Description = "which connections --measure is about, as ss says it: dport = :443, pid 4312",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<TimeSpan> _within;
    private readonly Option<TimeSpan> _measure;
    private readonly Option<TimeSpan> _settle;
    private readonly Option<TimeSpan> _baseline;
    private readonly Option<bool> _yes = new("--yes") { Description = "do not ask" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "show what would be done, and do nothing" };

    public TuneApplyCommand(Session session)
        : base("apply", "change what the plan says; it reverts by itself unless it is confirmed")
    {
        _session = session;
        _options = new TuneOptions(session);
        _evidence = new TuneEvidence(session);
        _within = Duration.Option(_session, "--confirm-within", "revert when 'tune confirm' does not come in this time (default 5m)", TimeSpan.FromMinutes(5));
        _measure = Duration.Option(_session, "--measure", "watch so long before and after, and compare the failures", TimeSpan.Zero);
        _settle = Duration.Option(_session, "--settle", "wait so long after the change before measuring again (default 1s)", TimeSpan.FromSeconds(1));
        _baseline = Duration.Option(_session, "--baseline", "without --measure, count failures so long before the change, to notice a rise (default 5s)", TimeSpan.FromSeconds(5));
        Add(_filter);
        _options.AddTo(this);
        _evidence.AddTo(this);
        Add(_within);
        Add(_measure);
        Add(_settle);
        Add(_baseline);
        Add(_yes);
        Add(_dryRun);
        Examples = ["sudo tcpwhy tune apply --duration 30s", "sudo tcpwhy tune apply --profile proxy --yes --confirm-within 5m", "sudo tcpwhy tune apply --measure 1m 'dport = :443'"];
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        TimeSpan measure = parsed.GetValue(_measure), within = parsed.GetValue(_within), settle = parsed.GetValue(_settle);
        if (measure > TimeSpan.Zero && measure + settle >= within)
            throw new ToolException($"--confirm-within {Measure.Of(within)} is over before --measure {Measure.Of(measure)} is: give more time to confirm", ExitCode.Usage);
        string[] words = parsed.GetValue(_filter) ?? [];
        Filter filter = Filter.Parse(words);
        bool dry = parsed.GetValue(_dryRun);
        if (!dry)
            TuneOptions.NeedRoot();
        var proc = new ProcFs();
        Target target = _options.Target(parsed, proc);
        _options.Recover(parsed, proc);

        DiagnosisFile? before = measure > TimeSpan.Zero ? DiagnosisFile.Of(_evidence.Watch(proc, measure, filter, "stopped; nothing was changed"), _session.Language) : null;
        Situation situation = _evidence.Situation(parsed, proc, target);
        TuningPlan plan = Planner.Plan(situation with { Troubles = [.. situation.Troubles, .. before?.Troubles ?? []] });
        Show(parsed, plan, target);
        if (plan.Changes.Count == 0 || dry)
            return Leave(parsed, proc, dry && plan.Changes.Count > 0);
        Ask(parsed);

        FailureCount baseline = before is null ? Count(proc, target, parsed.GetValue(_baseline)) : new FailureCount(before.Failed, before.Opened + before.Failed);
        JournalStore store = _options.Store(parsed);
        var boot = new Boot(proc, TimeProvider.System);
        Journal journal;
        using (store.Lock(TimeSpan.Zero))
            journal = new Tuner(proc, store, boot).Apply(target, _options.Files(parsed), plan.Changes, within, before is null ? baseline : default, key => TuneGuard.Start(_options.State(parsed), key));
        Screen talk = _session.Talk;
        talk.Line(talk.T("applied and read back; it reverts in {0} unless you confirm: {1}", Measure.Of(within), _options.Command("confirm", parsed)));
        WindowComparison? comparison = null;
        if (before is not null)
        {
            Thread.Sleep(settle);
            DiagnosisFile after = DiagnosisFile.Of(_evidence.Watch(proc, measure, filter, "stopped; the change waits for confirmation"), _session.Language);
            comparison = WindowComparison.Of(before, after, words.Length > 0, NormalCauses.All);
        }
        return Conclude(parsed, proc, store, boot, target, journal, comparison);
    }

    private int Conclude(ParseResult parsed, ProcFs proc, JournalStore store, Boot boot, Target target, Journal journal, WindowComparison? comparison)
    {
        Undone? undone = null;
        if (comparison is { Overall.Verdict: RateVerdict.Worse })
        {
            using (store.Lock(TimeSpan.FromSeconds(10)))
                undone = new Tuner(proc, store, boot).UndoPending(target, "failures-rose");
            journal = store.Read(target.Key) ?? journal;
        }
        if (_options.WantsJson(parsed))
            _session.Out.WriteLine(JsonText.Of(TuneStatusJson.Of([Tuned.Of(proc, boot, target, journal)], comparison), JsonShapes.Document.TuneStatusJson));
        else if (comparison is not null)
        {
            _session.Page.Blank();
            ComparisonText.Write(comparison, _session.Page);
        }
        if (undone is null)
            return ExitCode.Done;
        _session.Talk.Line(TuneStatusText.Sentence(target.Name, undone, _session.Talk));
        return ExitCode.AssertionFailed;
    }

    /// <summary>The plan and its difference: on stdout for a person, on stderr beside JSON.</summary>
    private void Show(ParseResult parsed, TuningPlan plan, Target target)
    {
        Screen screen = _options.WantsJson(parsed) ? _session.Talk : _session.Page;
        SysctlFiles files = _options.Files(parsed);
        TunePlanText.Write(plan with { LeftAlone = [] }, TuneOptions.NameOf(target, screen), setting => target.IsHost ? files.Overriding(setting) : [], screen);
        if (plan.Changes.Count == 0)
            return;
        screen.Blank();
        TunePlanText.Difference(plan.Changes, screen);
        screen.Line(target.IsHost
            ? screen.T("once confirmed, {0} makes it last beyond a reboot", files.OwnFile)
            : screen.T("it lasts as long as the namespace: no file is written"));
        _session.Out.Flush();
    }

    private int Leave(ParseResult parsed, ProcFs proc, bool dry)
    {
        if (_options.WantsJson(parsed))
            _session.Out.WriteLine(JsonText.Of(TuneStatusJson.Of(Tuned.All(proc, _options.Store(parsed), new Boot(proc, TimeProvider.System))), JsonShapes.Document.TuneStatusJson));
        if (dry)
            _session.Talk.Line(_session.Talk.T("dry run: nothing was changed"));
        return ExitCode.Done;
    }

    private void Ask(ParseResult parsed)
    {
        if (parsed.GetValue(_yes))
            return;
        if (Console.IsInputRedirected)
            throw new ToolException("this changes the kernel's settings: say --yes, or run it on a terminal to be asked", ExitCode.Usage);
        _session.Error.Write(_session.Talk.T("Change this now? [y/N] "));
        _session.Error.Flush();
        if (Console.In.ReadLine()?.Trim() is not ("y" or "Y" or "yes"))
            throw new ToolException("nothing was changed", ExitCode.Usage);
    }

    private FailureCount Count(ProcFs proc, Target target, TimeSpan time)
    {
        FailureCount began = FailureCount.Read(proc, target);
        _session.Talk.Line(_session.Talk.T("counting failures for {0} before the change", Measure.Of(time)));
        Thread.Sleep(time);
        FailureCount seen = FailureCount.Read(proc, target).Since(began);
        if (seen.Attempts == 0)
            _session.Talk.Line(_session.Talk.T("no attempt to connect was seen, so a rise of failures will not be noticed"));
        return seen;
    }
}
