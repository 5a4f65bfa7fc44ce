using Tcpwhy.Filtering;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Probing;

/// <summary>Finds the process at the other end of one of our connections, when that is on this host and may be looked at.</summary>
internal static class PeerProcess
{
    /// <summary>The owner of the socket whose ends are ours turned round; null for none.</summary>
    public static ProcessInfo? Find(Endpoint local, Endpoint remote)
    {
        UInt128 ours = FilterSubject.BitsOf(local.Address), theirs = FilterSubject.BitsOf(remote.Address);
        ProcessInfo? found = null;
        try
        {
            using SocketTable table = SocketTable.Open(new ProcFs(), out _);
            table.Read((in TcpSocket socket) =>
            {
                if (socket.LocalPort == remote.Port && socket.RemotePort == local.Port && socket.LocalAddress == theirs && socket.RemoteAddress == ours && socket.Owner is { } owner)
                    found = new ProcessInfo(owner.Pid, owner.Comm) { Container = owner.Container };
            });
        }
        catch (Exception unseen) when (unseen is KernelException or InvalidDataException)
        {
            // Less is known, and nothing wrong is said.
        }
        return found;
    }
}
