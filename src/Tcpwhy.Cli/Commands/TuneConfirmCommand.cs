using Tcpwhy.Cli.Ui;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>tune confirm</c>: the change that waits shall last.</summary>
internal sealed class TuneConfirmCommand : Verb
{
    public TuneConfirmCommand(Session session)
        : base("confirm", "keep the change that waits, and make it last beyond a reboot")
    {
        TuneOptions options = new(session);
        options.AddTo(this);
        Examples = ["sudo tcpwhy tune confirm"];
        SetAction(parsed =>
        {
            TuneOptions.NeedRoot();
            var proc = new ProcFs();
            Target target = options.Target(parsed, proc);
            options.Recover(parsed, proc, target);
            JournalStore store = options.Store(parsed);
            using (store.Lock(TimeSpan.FromSeconds(10)))
                new Tuner(proc, store, new Boot(proc, TimeProvider.System)).Confirm(target);
            options.WriteStatus(parsed, proc, target);
            return ExitCode.Done;
        });
    }
}
