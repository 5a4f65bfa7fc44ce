using System.Net;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Serving;

/// <summary>Who has the port that we wanted.</summary>
/// <param name="At">Where it listens.</param>
/// <param name="Pid">Its process, or 0 when that may not be known.</param>
public sealed record PortHolder(Endpoint At, int Pid, string Comm)
{
    /// <summary>The listener of this network namespace that stands in the way of <paramref name="wanted"/>; null when none is seen.</summary>
    public static PortHolder? Find(Endpoint wanted)
    {
        try
        {
            ProcFs proc = new();
            uint? here = proc.OwnNetworkNamespace();
            PortHolder? holder = null;
            using SocketTable table = SocketTable.OpenSockDiag(proc);
            table.Read((in TcpSocket socket) =>
            {
                if (holder is not null || !socket.IsListener || socket.LocalPort != wanted.Port || socket.Netns != here)
                    return;
                Endpoint at = new(new IPAddress(socket.LocalBytes), socket.LocalPort);
                if (at.IsAnyAddress || wanted.IsAnyAddress || at.Address.Equals(wanted.Address))
                    holder = new PortHolder(at, socket.Owner?.Pid ?? 0, socket.Owner?.Comm ?? "");
            });
            return holder;
        }
        catch (KernelException)
        {
            return null; // only the name is missing then
        }
    }
}
