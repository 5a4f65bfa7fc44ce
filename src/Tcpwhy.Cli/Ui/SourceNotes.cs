using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Ui;

/// <summary>What a list of sockets lacks, and how to see it.</summary>
internal static class SourceNotes
{
    /// <param name="obstacle">What stands in the way of eBPF, or null.</param>
    public static void Tell(Screen talk, string? obstacle, SocketsUnseen unseen)
    {
        if (obstacle is not null)
            talk.Line(talk.T("without eBPF, so slower ({0})", obstacle));
        if (unseen.Processes > 0)
            talk.Line(talk.T("sockets of {0} processes are shown without their process: run it as root to see them", unseen.Processes));
        if (unseen.Namespaces > 0)
            talk.Line(talk.T("{0} network namespaces cannot be entered and are not shown: run it as root to see them", unseen.Namespaces));
    }
}
