using Tcpwhy.Filtering;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>One TCP socket in a list: a view that is valid until the handler returns, because a host has hundreds of thousands.</summary>
public readonly ref struct TcpSocket
{
    private const int AddressFamilyV4 = 2;
    private readonly ref readonly SocketRow _row;

    internal TcpSocket(in SocketRow row, SocketOwner? owner, int descriptor)
    {
        _row = ref row;
        Owner = owner;
        Descriptor = descriptor;
    }

    /// <summary>The process that holds it, with its lowest pid when there are several; null when none does, or when we may not know.</summary>
    public SocketOwner? Owner { get; }

    /// <summary>The owner's descriptor.</summary>
    public int Descriptor { get; }

    public TcpState State => (TcpState)_row.state;
    public bool IsListener => State == TcpState.Listen;

    /// <summary>The local address: 4 bytes or 16.</summary>
    public ReadOnlySpan<byte> LocalBytes => IsV4 ? ((ReadOnlySpan<byte>)_row.local)[..4] : _row.local;

    /// <summary>The peer's address: 4 bytes or 16. A listener has none.</summary>
    public ReadOnlySpan<byte> RemoteBytes => IsV4 ? ((ReadOnlySpan<byte>)_row.remote)[..4] : _row.remote;

    /// <summary>The local address; IPv4 as ::ffff:a.b.c.d.</summary>
    public UInt128 LocalAddress => FilterSubject.BitsOf(LocalBytes);
    public int LocalPort => _row.local_port;

    /// <summary>The peer's address; IPv4 as ::ffff:a.b.c.d. A listener has none.</summary>
    public UInt128 RemoteAddress => FilterSubject.BitsOf(RemoteBytes);
    public int RemotePort => _row.remote_port;

    /// <summary>Inode number of the network namespace.</summary>
    public uint Netns => _row.netns;
    public uint Uid => _row.uid;

    /// <summary>The N of socket:[N] in /proc/PID/fd; 0 when no process has it yet or any more.</summary>
    public ulong Inode => _row.inode;

    /// <summary>The kernel's number for this socket until the host reboots; 0 while nobody asked for one.</summary>
    public ulong Cookie => _row.cookie;

    /// <summary>Index of the interface that it is bound to, or 0.</summary>
    public uint Interface => _row.@interface;

    /// <summary>SO_MARK, or 0.</summary>
    public uint Mark => _row.mark;

    /// <summary>Bytes received and not read; of a listener, connections that wait for accept.</summary>
    public uint ReceiveQueue => _row.recv_queue;

    /// <summary>Bytes written and not acknowledged; of a listener, how many connections may wait.</summary>
    public uint SendQueue => _row.send_queue;

    public SocketTimer Timer => (SocketTimer)_row.timer;
    public uint TimerMilliseconds => _row.timer_ms;

    /// <summary>Retransmits, or probes without an answer, by what the timer is.</summary>
    public int TimerRetries => _row.retransmits;
    public bool ReceiveShutDown => (_row.shutdown & 1) != 0;
    public bool SendShutDown => (_row.shutdown & 2) != 0;

    /// <summary>A listener on IPv6 that takes no IPv4.</summary>
    public bool V6Only => (_row.flags & SocketRowFlags.V6Only) != 0;

    /// <summary>Whether SO_KEEPALIVE is set; only the kernel's own list tells, sock_diag does not.</summary>
    public bool KeepAlive => (_row.flags & SocketRowFlags.KeepAlive) != 0 || Timer == SocketTimer.KeepAlive;

    /// <summary>Whether there are memory, congestion control and tcp_info; TIME_WAIT and SYN_RECV have none.</summary>
    public bool HasInfo => _row.info_size != 0;

    /// <summary>Name of the congestion control, as cubic.</summary>
    public ReadOnlySpan<byte> CongestionControl
    {
        get
        {
            ReadOnlySpan<byte> name = _row.congestion;
            int end = name.IndexOf((byte)0);
            return end < 0 ? name : name[..end];
        }
    }

    /// <summary>Smoothed round-trip time; 0 before the first measurement.</summary>
    public TimeSpan Rtt => TimeSpan.FromMicroseconds(_row.info.tcpi_rtt);

    /// <summary>Segments sent again in the life of the connection.</summary>
    public uint RetransmitsTotal => _row.info.tcpi_total_retrans;

    /// <summary>The congestion control's state: 0 open, 1 disorder, 2 CWR, 3 recovery, 4 loss.</summary>
    public int CongestionState => _row.info.tcpi_ca_state;

    /// <summary>Options in use: 1 timestamps, 2 SACK, 4 window scale, 8 ECN, 16 ECN seen, 32 data in the SYN, 64 microsecond timestamps, 128 opened by TCP fast open.</summary>
    public int Options => _row.info.tcpi_options;

    /// <summary>Whether the delivery rate was measured while the process sent less than it could.</summary>
    public bool RateAppLimited => (_row.info.tcpi_rate_and_fastopen & 1) != 0;

    /// <summary>The kernel's struct tcp_info as it is, to see whether two sockets are alike.</summary>
    public ReadOnlySpan<byte> InfoBytes => TcpInfo.Bytes(in _row.info);

    /// <summary>What its buffers hold and may hold.</summary>
    public SocketMemory Memory => new(_row.memory);

    /// <summary>What a filter asks of it.</summary>
    public FilterSubject Subject => new()
    {
        State = State,
        Local = LocalAddress,
        LocalPort = LocalPort,
        Remote = RemoteAddress,
        RemotePort = RemotePort,
        Pid = Owner?.Pid ?? 0,
        Comm = Owner is null ? default : Owner.CommBytes,
        Netns = Netns,
        Container = Owner?.Container,
    };

    internal ref readonly SocketRow Row => ref _row;

    private bool IsV4 => _row.family == AddressFamilyV4;
}

/// <summary>Which timer of a socket runs, with the kernel's numbers.</summary>
public enum SocketTimer
{
    None = 0,

    /// <summary>Of data, a SYN or a SYN-ACK.</summary>
    Retransmit = 1,
    KeepAlive = 2,
    TimeWait = 3,

    /// <summary>The peer's window is shut: the next probe.</summary>
    Persist = 4,
}

/// <summary>Takes one socket; the view is valid during the call only.</summary>
public delegate void SocketHandler(in TcpSocket socket);
