using System.Runtime.InteropServices;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Sources;

/// <summary>Which process holds which socket: an open-addressing table of 16 bytes a slot, because a host may have a million.</summary>
internal sealed class SocketOwners(ProcFs proc)
{
    private const int FirstSlots = 1 << 12;

    // 2^64 divided by the golden ratio: neighbouring addresses end up far from each other.
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15;

    private readonly List<SocketOwner> _owners = [];
    private readonly Dictionary<int, SocketOwner> _byPid = [];
    private Slot[] _slots = new Slot[FirstSlots];
    private int _shift = 64 - 12;
    private int _used;

    /// <summary>Reads one pass of list_holders. The first process that is found holding a socket counts: the one with the lowest pid.</summary>
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
                Add(row.sock, owner, (int)row.fd);
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

    /// <summary>Notes who holds the socket with this key (not 0), unless that is known.</summary>
    public void Add(ulong socket, SocketOwner owner, int descriptor)
    {
        ref Slot slot = ref Find(socket);
        if (slot.Socket != 0)
            return;
        slot = new Slot(socket, owner.Index, descriptor);
        if (++_used * 2 > _slots.Length)
            Grow();
    }

    /// <summary>Who holds the socket, and as which descriptor; null when nobody does.</summary>
    public SocketOwner? Holding(ulong socket, out int descriptor)
    {
        ref readonly Slot slot = ref Find(socket);
        descriptor = slot.Descriptor;
        return slot.Socket != 0 ? _owners[slot.Owner] : null;
    }

    private ref Slot Find(ulong socket)
    {
        Slot[] slots = _slots;
        int at = (int)(socket * Spread >> _shift);
        while (slots[at].Socket != 0 && slots[at].Socket != socket)
            at = (at + 1) & (slots.Length - 1);
        return ref slots[at];
    }

    private void Grow()
    {
        Slot[] old = _slots;
        _slots = new Slot[old.Length * 4];
        _shift -= 2;
        foreach (ref readonly Slot slot in old.AsSpan())
        {
            if (slot.Socket != 0)
                Find(slot.Socket) = slot;
        }
    }

    private readonly record struct Slot(ulong Socket, int Owner, int Descriptor);
}
