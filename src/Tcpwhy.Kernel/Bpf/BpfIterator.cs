using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Bpf;

/// <summary>One pass of an iterator program over the kernel's objects: a stream of the rows that it writes.</summary>
public sealed class BpfIterator : IDisposable
{
    // The kernel collects rows in a buffer of eight pages; a reader with as much room never gets a row cut in two.
    private static readonly int leastRoom = 8 * Environment.SystemPageSize;

    private readonly Fd fd;

    internal BpfIterator(Fd fd) => this.fd = fd;

    /// <summary>Fills the buffer (64 KiB or more) with whole rows; returns their bytes, 0 at the end.</summary>
    /// <exception cref="KernelException">The kernel broke off.</exception>
    public int Read(Span<byte> buffer)
    {
        int length = 0;
        while (buffer.Length - length >= leastRoom)
        {
            nint read = Libc.read(fd, buffer[length..], (nuint)(buffer.Length - length));
            if (read == 0)
                break;
            if (read > 0)
                length += (int)read;
            // EAGAIN: a million objects without a row, and the kernel lets others run.
            else if (Marshal.GetLastPInvokeError() is not (Errno.EAGAIN or Errno.EINTR))
                throw KernelException.Last("read(bpf_iter)");
        }
        return length;
    }

    /// <summary>Hands over every event that the pass writes; returns how many.</summary>
    /// <exception cref="KernelException">The kernel broke off.</exception>
    public int ReadEvents(RingBuffer.KernelEventHandler handler)
    {
        byte[] buffer = new byte[8 * leastRoom];
        int count = 0, held = 0;
        while (Read(buffer.AsSpan(held)) is var length and > 0)
        {
            ReadOnlySpan<KernelEvent> events = MemoryMarshal.Cast<byte, KernelEvent>(buffer.AsSpan(0, held + length));
            foreach (ref readonly KernelEvent one in events)
                handler(in one);
            count += events.Length;
            int used = events.Length * Unsafe.SizeOf<KernelEvent>();
            held = held + length - used;
            buffer.AsSpan(used, held).CopyTo(buffer);
        }
        return count;
    }

    public void Dispose() => fd.Dispose();
}
