using Tcpwhy.Cli.Ui;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>tune show|plan|apply|confirm|rollback|status</c>: kernel settings, from evidence to a safe change and back.</summary>
internal sealed class TuneCommand : Verb
{
    public TuneCommand(Session session)
        : base("tune", "which kernel settings are wrong, and how are they changed safely?")
    {
        Add(new TuneShowCommand(session));
        Add(new TunePlanCommand(session));
        Add(new TuneApplyCommand(session));
        Add(new TuneConfirmCommand(session));
        Add(new TuneRollbackCommand(session));
        Add(new TuneStatusCommand(session));
        Examples = ["tcpwhy tune plan --duration 30s", "sudo tcpwhy tune apply --measure 1m", "sudo tcpwhy tune confirm"];
    }
}
