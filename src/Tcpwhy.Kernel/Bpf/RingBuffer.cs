using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Bpf;

/// <summary>The ring through which the kernel hands over its events: read in batches by one thread.</summary>
public sealed unsafe class RingBuffer : IDisposable
{
    private readonly KernelEventHandler _handler;
    private readonly GCHandle _self;
    private nint _handle;
    private Exception? _failure;

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

    /// <summary>Waits at most <paramref name="timeout"/> (milliseconds) for events and hands over all there are; returns how many.</summary>
    public int Poll(int timeout)
    {
        int count = LibBpf.ring_buffer__poll(_handle, timeout);
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
            return 0;
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
        return 0;
    }
}
