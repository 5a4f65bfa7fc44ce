using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Sources;

/// <summary>Lists sockets with the iterator programs of bpf/list: two passes inside the kernel, one over descriptors, one over sockets.</summary>
internal sealed class BpfSocketTable : SocketTable
{
    private readonly ProcFs _proc;
    private readonly BpfObject _object;
    private readonly RememberedOwners _remembered = new();

    /// <exception cref="KernelException">The kernel refuses to load the programs.</exception>
    /// <exception cref="DllNotFoundException">libbpf.so.1 is missing.</exception>
    public BpfSocketTable(ProcFs proc)
    {
        _proc = proc;
        _object = BpfObject.Open("list.bpf.o");
        try
        {
            _object.Set(new Settings { tick_us = Clock.TickMicroseconds() });
            _object.Load();
        }
        catch
        {
            _object.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string Source => "ebpf";

    /// <inheritdoc/>
    public override SocketsUnseen Read(SocketHandler visit) => Read(visit, "list_sockets", ReadOwners());

    /// <inheritdoc/>
    public override SocketsUnseen Poll(SocketHandler visit, bool full) =>
        Read(visit, full ? "list_sockets" : "list_sockets_briefly", _remembered.Get(ReadOwners));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _object.Dispose();
    }

    private SocketsUnseen Read(SocketHandler visit, string program, SocketOwners owners)
    {
        using BpfLink link = _object.Attach(program);
        int unseen = 0;
        using var rows = new RowPipe(Passes(link, () => unseen++));
        while (rows.Take() is { IsEmpty: false } bytes)
        {
            SocketRow.Each(bytes, (in SocketRow row) =>
            {
                SocketOwner? owner = owners.Holding(row.inode, out int descriptor);
                visit(new TcpSocket(in row, owner, descriptor));
            });
        }
        return new SocketsUnseen(unseen, 0);
    }

    private SocketOwners ReadOwners()
    {
        var owners = new SocketOwners(_proc);
        using BpfLink link = _object.Attach("list_holders");
        using BpfIterator holders = link.OpenIterator();
        owners.Read(holders);
        return owners;
    }

    /// <summary>One pass for each namespace. A pass belongs to the namespace of the thread that opens it, wherever it is read.</summary>
    private IEnumerable<BpfIterator> Passes(BpfLink link, Action onUnseen)
    {
        uint? own = _proc.OwnNetworkNamespace();
        foreach (NetworkNamespace one in NetworkNamespace.List(_proc))
        {
            BpfIterator? pass = null;
            try
            {
                pass = one.Inode == own ? link.OpenIterator() : one.Run(() => IsEmpty(_proc) ? null : link.OpenIterator());
            }
            catch (KernelException error) when (HasGone(error))
            {
                // Between the list and the look.
            }
            catch (KernelException error) when (IsClosed(error))
            {
                onUnseen();
            }
            if (pass is not null)
                yield return pass;
        }
    }
}
