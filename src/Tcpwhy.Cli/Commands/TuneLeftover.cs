using Tcpwhy.Cli.Ui;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Texts;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Commands;

/// <summary>A change of kernel settings that was never confirmed and whose guard was killed: whatever root asks of the program next, it is taken back first.</summary>
internal static class TuneLeftover
{
    /// <summary>Takes it back and says so. While nothing waits this is one look for one file; what fails is said, and the command goes on.</summary>
    public static void TakeBack(Session session)
    {
        if (!Environment.IsPrivilegedProcess)
            return;
        var store = new JournalStore(TuneOptions.UsualState);
        if (!store.SomethingWaits)
            return;
        try
        {
            var proc = new ProcFs();
            foreach ((string target, Undone undone) in new Recovery(proc, store, new Boot(proc, TimeProvider.System)).Run())
                session.Talk.Line(TuneStatusText.Sentence(target, undone, session.Talk));
        }
        catch (Exception failed) when (failed is ToolException or KernelException or IOException or UnauthorizedAccessException)
        {
            session.Talk.Line(session.Talk.T("an unconfirmed change of settings could not be taken back: {0}; see 'tcpwhy tune status'", Sentence.Of(failed).In(session.Language)));
        }
    }
}
