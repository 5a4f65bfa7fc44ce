using System.Net;
using System.Runtime.InteropServices;
using Tcpwhy.Kernel.InetDiag;

namespace Tcpwhy.Kernel.Sockets;

/// <summary>Many non-blocking TCP sockets, each under a slot's number, and the epoll that watches them: one handle owns all descriptors, so that opening a connection allocates nothing. For one thread; results below 0 are negative error numbers.</summary>
public sealed unsafe class SocketSet : SafeHandle
{
    private const int None = -1;

    // struct epoll_event is packed on x86-64 alone.
    private static readonly bool packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int stride = packed ? 12 : 16;
    private static readonly int dataAt = packed ? 4 : 8;

    private readonly int[] _sockets;
    private readonly byte[] _events;
    private readonly int _batch;
    private bool _coarse;

    /// <summary>Room for <paramref name="capacity"/> sockets; a wait returns at most <paramref name="batch"/> of them.</summary>
    /// <exception cref="KernelException">The kernel gives no epoll.</exception>
    public SocketSet(int capacity, int batch = 512) : base(None, ownsHandle: true)
    {
        _sockets = new int[capacity];
        Array.Fill(_sockets, None);
        _batch = batch;
        _events = new byte[batch * stride];
        SetHandle(KernelException.Check(LibcSockets.epoll_create1(LibcSockets.EPOLL_CLOEXEC), "epoll_create1"));
    }

    public override bool IsInvalid => (int)handle < 0;

    /// <summary>How many sockets a wait can report at most.</summary>
    public int Batch => _batch;

    /// <summary>Opens a socket in a free slot and begins to connect it. <paramref name="from"/> with port 0 leaves the port to the kernel's choice at connect. 0 when connecting is under way or done.</summary>
    public int Open(int slot, in RawAddress to, in RawAddress? from, in SocketSettings settings)
    {
        if (_sockets[slot] != None)
            throw new InvalidOperationException($"slot {slot} is in use");
        int socket = LibcSockets.socket(to.IsV6 ? Libc.AF_INET6 : Libc.AF_INET, LibcSockets.SOCK_STREAM | LibcSockets.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        if (socket < 0)
            return LastError();
        _sockets[slot] = socket;
        int error = settings.IsEmpty ? 0 : Apply(socket, settings);
        if (error == 0 && from is { } local)
            error = Bind(socket, local);
        if (error < 0)
            return error;
        fixed (byte* address = &to.First)
        {
            if (LibcSockets.connect(socket, address, to.Length) == 0)
                return 0;
        }
        error = LastError();
        return error == -Errno.EINPROGRESS ? 0 : error;
    }

    /// <summary>Whether the connection has come about; one that failed has not.</summary>
    public bool IsConnected(int slot)
    {
        byte* address = stackalloc byte[128];
        uint length = 128;
        return LibcSockets.getpeername(_sockets[slot], address, ref length) == 0;
    }

    /// <summary>Asks epoll to tell each change of the socket once; <paramref name="writing"/> when it is being connected or has more to send.</summary>
    public int Watch(int slot, bool writing, bool again)
    {
        byte* change = stackalloc byte[16];
        uint events = LibcSockets.EPOLLIN | LibcSockets.EPOLLRDHUP | LibcSockets.EPOLLET | (writing ? LibcSockets.EPOLLOUT : 0);
        *(uint*)change = events;
        *(int*)(change + dataAt) = slot;
        *(int*)(change + dataAt + 4) = 0;
        return LibcSockets.epoll_ctl((int)handle, again ? LibcSockets.EPOLL_CTL_MOD : LibcSockets.EPOLL_CTL_ADD, _sockets[slot], change) < 0 ? LastError() : 0;
    }

    /// <summary>Waits until sockets have news, at most this long, and returns how many: 0 when time ran out or a signal came.</summary>
    public int Wait(Span<Ready> ready, TimeSpan timeout)
    {
        int limit = Math.Min(_batch, ready.Length);
        if (limit == 0)
            throw new ArgumentException("no room for what is ready", nameof(ready));
        fixed (byte* events = _events)
        {
            int count = Wait(events, limit, timeout);
            if (count < 0)
            {
                int error = LastError();
                return error == -Errno.EINTR ? 0 : throw new KernelException("epoll_wait", -error);
            }
            for (int i = 0; i < count; i++)
            {
                byte* one = events + (i * stride);
                ready[i] = new Ready(*(int*)(one + dataAt), *(uint*)one);
            }
            return count;
        }
    }

    /// <summary>Sends what fits; the number of bytes, or the negative error.</summary>
    public int Send(int slot, ReadOnlySpan<byte> data)
    {
        fixed (byte* bytes = data)
        {
            nint sent = LibcSockets.send(_sockets[slot], bytes, (nuint)data.Length, LibcSockets.MSG_NOSIGNAL);
            return sent < 0 ? LastError() : (int)sent;
        }
    }

    /// <summary>Receives what is there; the number of bytes, 0 for the peer's end, or the negative error.</summary>
    public int Receive(int slot, Span<byte> into)
    {
        fixed (byte* bytes = into)
        {
            nint received = LibcSockets.recv(_sockets[slot], bytes, (nuint)into.Length, 0);
            return received < 0 ? LastError() : (int)received;
        }
    }

    /// <summary>The error that waits on the socket (SO_ERROR), which is thereby taken; 0 when there is none.</summary>
    public int TakeError(int slot)
    {
        int error = 0;
        uint length = sizeof(int);
        return LibcSockets.getsockopt(_sockets[slot], Libc.SOL_SOCKET, LibcSockets.SO_ERROR, &error, ref length) < 0 ? LastError() : -error;
    }

    /// <summary>What the kernel knows of the connection; false when it does not say.</summary>
    public bool TryReadInfo(int slot, out TcpInfo info)
    {
        info = default;
        uint length = (uint)TcpInfo.Size;
        fixed (TcpInfo* into = &info)
            return LibcSockets.getsockopt(_sockets[slot], Libc.IPPROTO_TCP, LibcSockets.TCP_INFO, into, ref length) == 0;
    }

    /// <summary>The local address and port; null when the kernel gave none.</summary>
    public IPEndPoint? LocalOf(int slot)
    {
        byte* address = stackalloc byte[128];
        uint length = 128;
        return LibcSockets.getsockname(_sockets[slot], address, ref length) < 0 ? null : RawAddress.Parse(new ReadOnlySpan<byte>(address, (int)Math.Min(length, 128)));
    }

    /// <summary>Whether the slot has a socket.</summary>
    public bool IsOpen(int slot) => _sockets[slot] != None;

    /// <summary>Closes the slot's socket, if it has one; epoll forgets it by itself. With <paramref name="reset"/> the peer gets a reset and no TIME_WAIT stays.</summary>
    public void Close(int slot, bool reset = false)
    {
        int socket = _sockets[slot];
        if (socket == None)
            return;
        _sockets[slot] = None;
        if (reset)
        {
            long linger = 1;
            _ = LibcSockets.setsockopt(socket, Libc.SOL_SOCKET, LibcSockets.SO_LINGER, &linger, sizeof(long));
        }
        _ = LibcSockets.close(socket);
    }

    protected override bool ReleaseHandle()
    {
        for (int slot = 0; slot < _sockets.Length; slot++)
            Close(slot);
        _ = LibcSockets.close((int)handle);
        return true;
    }

    private int Wait(byte* events, int limit, TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
            return LibcSockets.epoll_wait((int)handle, events, limit, 0);
        if (!_coarse)
        {
            TimeSpec time = new() { tv_sec = timeout.Ticks / TimeSpan.TicksPerSecond, tv_nsec = timeout.Ticks % TimeSpan.TicksPerSecond * 100 };
            int count = (int)LibcSockets.syscall_epoll_pwait2(LibcSockets.SYS_epoll_pwait2, handle, events, limit, &time, null, 0);
            if (count >= 0 || Marshal.GetLastPInvokeError() != Errno.ENOSYS)
                return count;
            _coarse = true; // before Linux 5.11
        }
        return LibcSockets.epoll_wait((int)handle, events, limit, (int)Math.Min(Math.Ceiling(timeout.TotalMilliseconds), int.MaxValue));
    }

    private static int Bind(int socket, in RawAddress local)
    {
        // Without this the kernel would choose the port now, one that is free for every destination.
        int error = Set(socket, LibcSockets.IPPROTO_IP, LibcSockets.IP_BIND_ADDRESS_NO_PORT, 1);
        if (error < 0)
            return error;
        fixed (byte* address = &local.First)
            return LibcSockets.bind(socket, address, local.Length) < 0 ? LastError() : 0;
    }

    private static int Apply(int socket, in SocketSettings settings)
    {
        int error = settings.NoDelay ? Set(socket, Libc.IPPROTO_TCP, LibcSockets.TCP_NODELAY, 1) : 0;
        if (error < 0 || !settings.KeepAlive)
            return error;
        error = Set(socket, Libc.SOL_SOCKET, LibcSockets.SO_KEEPALIVE, 1);
        if (error == 0 && settings.KeepAliveIdleSeconds > 0)
            error = Set(socket, Libc.IPPROTO_TCP, LibcSockets.TCP_KEEPIDLE, settings.KeepAliveIdleSeconds);
        if (error == 0 && settings.KeepAliveIntervalSeconds > 0)
            error = Set(socket, Libc.IPPROTO_TCP, LibcSockets.TCP_KEEPINTVL, settings.KeepAliveIntervalSeconds);
        if (error == 0 && settings.KeepAliveProbes > 0)
            error = Set(socket, Libc.IPPROTO_TCP, LibcSockets.TCP_KEEPCNT, settings.KeepAliveProbes);
        return error;
    }

    private static int Set(int socket, int level, int option, int value) =>
        LibcSockets.setsockopt(socket, level, option, &value, sizeof(int)) < 0 ? LastError() : 0;

    private static int LastError() => -Marshal.GetLastPInvokeError();
}
