using Tcpwhy.Cli.Ui;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>tune status</c>: what is in force, what waits, and what was undone last.</summary>
internal sealed class TuneStatusCommand : Verb
{
    public TuneStatusCommand(Session session)
        : base("status", "what tcpwhy has in force, what waits for confirmation, and what was undone last")
    {
        TuneOptions options = new(session);
        options.AddTo(this);
        Examples = ["sudo tcpwhy tune status"];
        SetAction(parsed =>
        {
            TuneOptions.NeedRoot();
            var proc = new ProcFs();
            options.Recover(parsed, proc);
            options.WriteStatus(parsed, proc, options.NamesNamespace(parsed) ? options.Target(parsed, proc) : null);
            return ExitCode.Done;
        });
    }
}
