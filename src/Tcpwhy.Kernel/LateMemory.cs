using System.Runtime.InteropServices;
using Tcpwhy.Kernel.Sockets;

namespace Tcpwhy.Kernel;

/// <summary>Memory whose pages come only when they are brought: whoever touches it before, the kernel included, waits where he is (userfaultfd).</summary>
public sealed unsafe class LateMemory : SafeHandle
{
    // linux/userfaultfd.h, the same on every architecture.
    private const nuint UFFDIO_API = 0xc018aa3f, UFFDIO_REGISTER = 0xc020aa00, UFFDIO_ZEROPAGE = 0xc020aa04;
    private const ulong UFFD_API = 0xaa, UFFDIO_REGISTER_MODE_MISSING = 1;

    private readonly Fd faults;
    private readonly int bytes;

    private LateMemory(int bytes) : base(-1, ownsHandle: true)
    {
        this.bytes = bytes;
        nint start = Libc.mmap(0, (nuint)bytes, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
        if (start == -1)
            throw KernelException.Last("mmap");
        SetHandle(start);
        faults = Libc.syscall_userfaultfd(Libc.SYS_userfaultfd, Libc.O_CLOEXEC | Libc.O_NONBLOCK);
    }

    public override bool IsInvalid => handle == -1;

    /// <summary>Maps so many bytes, a multiple of the page size.</summary>
    /// <exception cref="KernelException">The kernel has no userfaultfd, or faults of its own are not for this user (vm.unprivileged_userfaultfd).</exception>
    public static LateMemory Map(int bytes)
    {
        var memory = new LateMemory(bytes);
        try
        {
            memory.faults.OrThrow("userfaultfd");
            ulong* api = stackalloc ulong[3] { UFFD_API, 0, 0 };
            memory.Ask(UFFDIO_API, api, "ioctl(UFFDIO_API)");
            ulong* range = stackalloc ulong[4] { (ulong)memory.handle, (ulong)bytes, UFFDIO_REGISTER_MODE_MISSING, 0 };
            memory.Ask(UFFDIO_REGISTER, range, "ioctl(UFFDIO_REGISTER)");
            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Waits until somebody touches it; false when nobody does in time.</summary>
    public bool WaitForTouch(TimeSpan patience)
    {
        var poll = new PollFd { fd = faults.Number, events = Libc.POLLIN };
        return KernelException.Check(Libc.poll(ref poll, 1, (int)patience.TotalMilliseconds), "poll") > 0;
    }

    /// <summary>Brings all pages, empty, and wakes who waits for one.</summary>
    /// <exception cref="KernelException">They were brought before.</exception>
    public void Bring()
    {
        ulong* range = stackalloc ulong[4] { (ulong)handle, (ulong)bytes, 0, 0 };
        Ask(UFFDIO_ZEROPAGE, range, "ioctl(UFFDIO_ZEROPAGE)");
    }

    /// <summary>Receives into it: from the first byte on, the kernel holds the socket locked until <see cref="Bring"/>.</summary>
    /// <exception cref="KernelException">Nothing has arrived, or the connection is broken.</exception>
    public int Receive(SafeHandle socket) =>
        KernelException.Check(LibcSockets.recv(socket, (void*)handle, (nuint)bytes, 0), "recv");

    protected override bool ReleaseHandle()
    {
        faults?.Dispose();
        return Libc.munmap(handle, (nuint)bytes) == 0;
    }

    private void Ask(nuint request, ulong* argument, string call) => KernelException.Check(Libc.ioctl(faults, request, (byte*)argument), call);
}
