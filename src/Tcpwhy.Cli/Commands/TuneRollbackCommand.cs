using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>tune rollback</c>: everything as it was before tcpwhy.</summary>
internal sealed class TuneRollbackCommand : Verb
{
    private readonly Session _session;
    private readonly TuneOptions _options;
    private readonly Option<bool> _force = new("--force") { Description = "set back also what somebody else has changed since" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "show what would be done, and do nothing" };

    public TuneRollbackCommand(Session session)
        : base("rollback", "set everything back to what it was before tcpwhy, at any time")
    {
        _session = session;
        _options = new TuneOptions(session);
        _options.AddTo(this);
        Add(_force);
        Add(_dryRun);
        Examples = ["sudo tcpwhy tune rollback", "sudo tcpwhy tune rollback --netns web"];
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        TuneOptions.NeedRoot();
        var proc = new ProcFs();
        Target target = _options.Target(parsed, proc);
        _options.Recover(parsed, proc, target);
        JournalStore store = _options.Store(parsed);
        var boot = new Boot(proc, TimeProvider.System);
        if (parsed.GetValue(_dryRun))
        {
            Difference(store.Read(target.Key) is { } journal ? Tuned.Of(proc, boot, target, journal) : throw new ToolException("nothing that tcpwhy applied is in force", ExitCode.Usage), parsed.GetValue(_force));
            return ExitCode.Done;
        }
        Undone undone;
        using (store.Lock(TimeSpan.FromSeconds(10)))
            undone = new Tuner(proc, store, boot).Rollback(target, parsed.GetValue(_force));
        _options.WriteStatus(parsed, proc, target);
        if (undone.Kept.Count == 0)
            return ExitCode.Done;
        _session.Talk.Line(_session.Talk.T("not set back, for somebody else has changed it since: {0}; --force sets it back too", string.Join(", ", undone.Kept)));
        return ExitCode.AssertionFailed;
    }

    private void Difference(Tuned tuned, bool force)
    {
        Screen page = _session.Page;
        foreach (TunedSetting one in tuned.Settings)
        {
            if (one.Now == one.Before)
                continue;
            if (one.Now != one.To && !force)
            {
                page.Line(page.T("{0} = {1} stays: somebody else has set it since", one.Setting, one.Now));
                continue;
            }
            page.Line(new Piece($"- {one.Setting} = {one.Now}", Ink.Red));
            page.Line(new Piece($"+ {one.Setting} = {one.Before}", Ink.Green));
        }
        _session.Talk.Line(_session.Talk.T("dry run: nothing was changed"));
    }
}
