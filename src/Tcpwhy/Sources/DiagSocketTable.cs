using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Sources;

/// <summary>Lists sockets without eBPF, as any user can: by sock_diag in each namespace that we may enter, and processes by their descriptors in /proc.</summary>
internal sealed class DiagSocketTable(ProcFs proc) : SocketTable
{
    private const InetDiagExtensions Everything = InetDiagExtensions.INFO | InetDiagExtensions.CONG | InetDiagExtensions.SKMEMINFO | InetDiagExtensions.SHUTDOWN;

    private readonly RememberedOwners _remembered = new();
    private int _unreadable;

    /// <inheritdoc/>
    public override string Source => "sock_diag";

    /// <inheritdoc/>
    public override SocketsUnseen Read(SocketHandler visit)
    {
        SocketOwners owners = ReadOwners(out int processes);
        return Read(visit, Everything, owners, processes);
    }

    /// <inheritdoc/>
    public override SocketsUnseen Poll(SocketHandler visit, bool full)
    {
        SocketOwners owners = _remembered.Get(() => ReadOwners(out _unreadable));
        return Read(visit, full ? Everything : InetDiagExtensions.None, owners, _unreadable);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private SocketsUnseen Read(SocketHandler visit, InetDiagExtensions wanted, SocketOwners owners, int processes)
    {
        uint? own = proc.OwnNetworkNamespace();
        int namespaces = 0;
        foreach (NetworkNamespace one in NetworkNamespace.List(proc))
        {
            try
            {
                using InetDiagSocket? sockets = one.Inode == own ? new InetDiagSocket() : one.Run(() => IsEmpty(proc) ? null : new InetDiagSocket());
                if (sockets is not null)
                    Dump(sockets, wanted, one.Inode, owners, visit);
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

    private static void Dump(InetDiagSocket sockets, InetDiagExtensions wanted, uint netns, SocketOwners owners, SocketHandler visit)
    {
        sockets.Dump(InetDiagSocket.AllStates, wanted, (in InetDiagMessage message) =>
        {
            SocketRow row = message.ToRow(netns);
            int descriptor = 0;
            SocketOwner? owner = row.inode == 0 ? null : owners.Holding(row.inode, out descriptor);
            visit(new TcpSocket(in row, owner, descriptor));
        });
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
