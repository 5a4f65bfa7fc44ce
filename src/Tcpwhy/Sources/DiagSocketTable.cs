using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Sources;

/// <summary>Lists sockets without eBPF, as any user can: by sock_diag in each namespace that we may enter, and processes by their descriptors in /proc.</summary>
internal sealed class DiagSocketTable(ProcFs proc) : SocketTable
{
    private const InetDiagExtensions Wanted = InetDiagExtensions.INFO | InetDiagExtensions.CONG | InetDiagExtensions.SKMEMINFO | InetDiagExtensions.SHUTDOWN;

    /// <inheritdoc/>
    public override string Source => "sock_diag";

    /// <inheritdoc/>
    public override SocketsUnseen Read(SocketHandler visit)
    {
        SocketOwners owners = ReadOwners(out int processes);
        uint? own = proc.OwnNetworkNamespace();
        int namespaces = 0;
        foreach (NetworkNamespace one in NetworkNamespace.List(proc))
        {
            try
            {
                using InetDiagSocket? sockets = one.Inode == own ? new InetDiagSocket() : one.Run(() => IsEmpty(proc) ? null : new InetDiagSocket());
                if (sockets is not null)
                    Dump(sockets, one.Inode, owners, visit);
            }
            catch (KernelException error) when (HasGone(error))
            {
                // Between the list and the look.
            }
            catch (KernelException error) when (IsClosed(error))
            {
                namespaces++;
            }
        }
        return new SocketsUnseen(namespaces, processes);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private static void Dump(InetDiagSocket sockets, uint netns, SocketOwners owners, SocketHandler visit)
    {
        foreach (int family in (ReadOnlySpan<int>)[2, 10])
        {
            sockets.Dump(family, InetDiagSocket.AllStates, Wanted, (in InetDiagMessage message) =>
            {
                SocketRow row = message.ToRow(netns);
                int descriptor = 0;
                SocketOwner? owner = row.inode == 0 ? null : owners.Holding(row.inode, out descriptor);
                visit(new TcpSocket(in row, owner, descriptor));
            });
        }
    }

    private SocketOwners ReadOwners(out int unreadable)
    {
        var owners = new SocketOwners(proc);
        unreadable = Descriptors.EachSocket(proc, (inode, pid, descriptor) => owners.Add(inode, owners.Owner(pid, Comm(pid)), descriptor));
        return owners;
    }

    private byte[] Comm(int pid)
    {
        try
        {
            // The kernel ends the name with a newline.
            return proc.ReadBytes($"{pid}/comm") is [.. var name, _] ? name : [];
        }
        catch (KernelException)
        {
            return [];
        }
    }
}
