using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Sources;

/// <summary>Which process holds which socket. Holders are collected first, and the table is made for their number: a host may have a million, and memory that is never touched costs nothing.</summary>
internal sealed class SocketOwners(ProcFs proc)
{
    // 2^64 divided by the golden ratio: neighbouring addresses end up far from each other.
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15;

    private readonly List<SocketOwner> _owners = [];
    private readonly Dictionary<int, SocketOwner> _byPid = [];
    private List<Holder> _holders = [];
    private Holder[] _slots = [];

    /// <summary>Reads one pass of list_holders. The first process that is found holding a socket counts: the one with the lowest pid.</summary>
    // Compiled at once and in full: precompiled code cannot inline the library's span methods (measured: a fifth of our time).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read(BpfIterator holders)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(64 * 1024);
        SocketOwner? owner = null;
        for (int length; (length = holders.Read(buffer)) > 0;)
        {
            foreach (ref readonly HolderRow row in HolderRow.In(buffer.AsSpan(0, length)))
            {
                if (owner?.Pid != (int)row.pid)
                    owner = Owner((int)row.pid, row.comm);
                Add(row.inode, owner, (int)row.fd);
            }
        }
    }

    /// <summary>The process with this pid, made known under this name if it is new.</summary>
    public SocketOwner Owner(int pid, ReadOnlySpan<byte> comm)
    {
        ref SocketOwner? owner = ref CollectionsMarshal.GetValueRefOrAddDefault(_byPid, pid, out _);
        if (owner is null)
        {
            owner = new SocketOwner(proc, _owners.Count, pid, comm);
            _owners.Add(owner);
        }
        return owner;
    }

    /// <summary>Notes who holds the socket with this key (not 0); of several, the first counts.</summary>
    public void Add(ulong socket, SocketOwner owner, int descriptor) => _holders.Add(new Holder(socket, owner.Index, descriptor));

    /// <summary>Who holds the socket, and as which descriptor; null when nobody does. Nothing is added afterwards.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SocketOwner? Holding(ulong socket, out int descriptor)
    {
        if (_slots.Length == 0)
            Settle();
        ref readonly Holder holder = ref Find(socket);
        descriptor = holder.Descriptor;
        return holder.Socket != 0 ? _owners[holder.Owner] : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Settle()
    {
        _slots = new Holder[(_holders.Count * 3 / 2) + 1];
        foreach (ref readonly Holder holder in CollectionsMarshal.AsSpan(_holders))
        {
            ref Holder slot = ref Find(holder.Socket);
            if (slot.Socket == 0)
                slot = holder;
        }
        _holders = [];
    }

    /// <summary>The slot of the socket, or the free one where it would be.</summary>
    private ref Holder Find(ulong socket)
    {
        Holder[] slots = _slots;
        int at = (int)Math.BigMul(socket * Spread, (ulong)slots.Length, out _);
        while (slots[at].Socket != 0 && slots[at].Socket != socket)
            at = at + 1 < slots.Length ? at + 1 : 0;
        return ref slots[at];
    }

    private readonly record struct Holder(ulong Socket, int Owner, int Descriptor);
}
