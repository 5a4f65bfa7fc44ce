using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Bpf;

/// <summary>The ring through which the kernel hands over its events: read in batches by one thread.</summary>
public sealed unsafe class RingBuffer : IDisposable
{
    /// <summary>What the callback answers for libbpf to stop; it has then taken this event too.</summary>
    private const int Enough = -125; // ECANCELED

    private readonly KernelEventHandler _handler;
    private readonly GCHandle _self;
    private nint _handle;
    private Exception? _failure;
    private int _room;

    /// <summary>Opens the ring of a map; each event is handed to <paramref name="handler"/> inside <see cref="Poll"/>.</summary>
    public RingBuffer(int map, KernelEventHandler handler)
    {
        _handler = handler;
        _self = GCHandle.Alloc(this);
        _handle = LibBpf.ring_buffer__new(map, &OnSample, GCHandle.ToIntPtr(_self), 0);
        if (_handle == 0)
        {
            int error = Marshal.GetLastPInvokeError();
            _self.Free();
            throw new KernelException("ring_buffer__new", error);
        }
    }

    /// <summary>Takes one event; the reference is valid during the call only.</summary>
    public delegate void KernelEventHandler(in KernelEvent kernelEvent);

    /// <summary>Waits at most <paramref name="timeout"/> (milliseconds) for events and hands over those there are, at most <paramref name="most"/>; returns how many. More may come in as fast as they are taken, and other work waits.</summary>
    public int Poll(int timeout, int most)
    {
        _room = most;
        int count = LibBpf.ring_buffer__poll(_handle, timeout);
        if (count == Enough)
            count = most;
        if (_failure is { } failure)
        {
            _failure = null;
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
        const int EINTR = 4;
        return count >= 0 || count == -EINTR ? Math.Max(count, 0) : throw new KernelException("ring_buffer__poll", -count);
    }

    public void Dispose()
    {
        if (_handle == 0)
            return;
        LibBpf.ring_buffer__free(_handle);
        _handle = 0;
        _self.Free();
    }

    [UnmanagedCallersOnly]
    private static int OnSample(nint context, byte* data, nuint size)
    {
        var self = (RingBuffer)GCHandle.FromIntPtr(context).Target!;
        // An exception must not unwind through C: keep the first, skip the rest, rethrow in Poll.
        if (self._failure is not null || size < (nuint)sizeof(KernelEvent))
            return self.Taken();
        try
        {
            self._handler(in Unsafe.AsRef<KernelEvent>(data));
        }
#pragma warning disable CA1031 // rethrown in Poll
        catch (Exception failure)
#pragma warning restore CA1031
        {
            self._failure = failure;
        }
        return self.Taken();
    }

    private int Taken() => --_room > 0 ? 0 : Enough;
}
