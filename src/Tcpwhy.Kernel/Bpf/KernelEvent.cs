using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Bpf;

/// <summary>Mirrors <c>enum event_kind</c> of bpf/events.h.</summary>
public enum EventKind : uint
{
    State = 1,
    ResetSent = 2,
    ResetReceived = 3,
    Error = 4,
    Retransmit = 5,
    SynAckRetransmit = 6,
    Drop = 7,
    CallFailed = 8,
    QueueFull = 9,
    Exit = 10,
    Scanned = 11,
    Found = 12,
    SynRejected = 13,
    SynQueueFull = 14,
    HeldUp = 15,
    Followed = 16,
}

/// <summary>Mirrors <c>struct event</c> of bpf/events.h, where the fields are explained.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KernelEvent
{
    public ulong time_ns;
    public ulong sock;
    public EventKind kind;
    public uint netns;
    public uint cpu;
    public uint reason;
    public int error;
    public uint device;
    public byte old_state;
    public byte new_state;
    public byte family;
    public byte trigger_flags;
    public ushort local_port;
    public ushort remote_port;
    public Bytes16 local;
    public Bytes16 remote;
    public KernelSegment segment;
    public KernelTask task;
    public KernelSockInfo info;
    public KernelTransfer transfer;
}

/// <summary>Sixteen bytes: an address or a comm.</summary>
[InlineArray(16)]
public struct Bytes16
{
    private byte _first;
}

/// <summary>Mirrors <c>struct segment</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KernelSegment
{
    public ushort ip_id;
    public ushort window;
    public byte ttl;
    public byte tcp_flags;
    public byte has_timestamp;
    public byte usual_ttl;
}

/// <summary>Mirrors <c>struct task</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KernelTask
{
    public uint pid;
    public uint tid;
    public uint exit_code;
    public TaskFlags flags;
    public Bytes16 comm;
}

/// <summary>Mirrors <c>enum task_flags</c>.</summary>
[Flags]
public enum TaskFlags : uint
{
    None = 0,
    Known = 1,
    Exiting = 2,
    Opened = 4,
    Younger = 8,
}

/// <summary>Mirrors <c>enum info_flags</c>.</summary>
[Flags]
public enum InfoFlags : byte
{
    None = 0,
    Orphaned = 1,
    LingerZero = 2,
    KeepAlive = 4,
    V6Only = 8,
    ReceiveShutdown = 16,
    SendShutdown = 32,
    Relay = 64,
    SynData = 128,
}

/// <summary>Mirrors <c>enum port_flags</c>.</summary>
[Flags]
public enum PortFlags : byte
{
    None = 0,
    Tls = 1,
    Proxy = 2,
    Http = 4,
    Answers = 8,
}

/// <summary>Mirrors <c>enum mptcp_flags</c>.</summary>
[Flags]
public enum MptcpFlags : byte
{
    None = 0,
    Subflow = 1,
    Joined = 2,
    Open = 4,
}

/// <summary>Mirrors <c>enum transfer_flags</c>.</summary>
[Flags]
public enum TransferFlags : byte
{
    None = 0,
    Probing = 1,
    RcvbufFixed = 2,
    SndbufFixed = 4,
    Ended = 8,
    SndbufShort = 16,
    SndbufLargest = 32,
}

/// <summary>Mirrors <c>struct transfer</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KernelTransfer
{
    public ulong busy_us;
    public ulong rwnd_limited_us;
    public ulong sndbuf_limited_us;
    public ulong bytes_retrans;
    public uint rcvbuf;
    public uint sndbuf;
    public uint rmem;
    public uint widest_window;
    public uint offered_window;
    public uint dsack_dups;
    public ushort fast;
    public ushort timeout;
    public ushort tail_probes;
    public TransferFlags flags;
    public byte pad;
}

/// <summary>Mirrors <c>struct sock_info</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KernelSockInfo
{
    /// <summary>In fields of milliseconds: it never happened.</summary>
    public const uint Never = uint.MaxValue;

    public ulong cookie;
    public ulong inode;
    public ulong cgroup;
    public ulong bytes_sent;
    public ulong bytes_acked;
    public ulong bytes_received;
    public ulong age_us;
    public ulong since_fin_sent_us;
    public ulong since_fin_received_us;
    public uint uid;
    public uint segs_out;
    public uint segs_in;
    public uint data_segs_out;
    public uint data_segs_in;
    public uint total_retrans;
    public uint srtt_us;
    public uint min_rtt_us;
    public uint rto_us;
    public uint snd_cwnd;
    public uint snd_wnd;
    public uint rcv_wnd;
    public uint mss;
    public uint pmtu;
    public uint packets_out;
    public uint unacked;
    public uint notsent;
    public uint unread;
    public uint last_data_sent_ms;
    public uint last_data_recv_ms;
    public uint last_ack_recv_ms;
    public uint keepalive_time_s;
    public uint keepalive_intvl_s;
    public uint user_timeout_ms;
    public uint ack_backlog;
    public uint max_ack_backlog;
    public byte keepalive_probes;
    public byte retransmits;
    public byte backoff;
    public byte probes_out;
    public InfoFlags flags;
    public byte opener;
    public byte err_soft;
    public byte said;
    public byte heard;
    public byte alert_said;
    public byte alert_heard;
    public PortFlags port_flags;
    public MptcpFlags mptcp;
    public byte reading;
}
