using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.Netlink;

namespace Tcpwhy.Kernel.InetDiag;

/// <summary>One socket as sock_diag tells it: a view on the receive buffer, valid only until the handler returns.</summary>
public readonly ref struct InetDiagMessage
{
    private readonly ReadOnlySpan<byte> message;
    private readonly InetDiagHeader header;
    private readonly ReadOnlySpan<byte> info;
    private readonly ReadOnlySpan<byte> skMemInfo;
    private readonly ReadOnlySpan<byte> congestion;

    /// <summary>Reads the payload of a SOCK_DIAG_BY_FAMILY message.</summary>
    /// <exception cref="InvalidDataException">It is cut short; the message names the field.</exception>
    public InetDiagMessage(ReadOnlySpan<byte> payload)
    {
        message = payload;
        header = Overlay.Read<InetDiagHeader>(payload, "inet_diag_msg");
        if (header.idiag_family is not (Libc.AF_INET or Libc.AF_INET6))
            throw new InvalidDataException($"idiag_family: {header.idiag_family}");
        var attributes = new AttributeReader(payload[Unsafe.SizeOf<InetDiagHeader>()..]);
        while (attributes.Read())
        {
            switch ((InetDiagAttribute)attributes.Type)
            {
                case InetDiagAttribute.INFO:
                    info = attributes.Value;
                    break;
                case InetDiagAttribute.SKMEMINFO:
                    skMemInfo = attributes.Value;
                    break;
                case InetDiagAttribute.CONG:
                    congestion = attributes.Value;
                    break;
                case InetDiagAttribute.SHUTDOWN:
                    Shutdown = attributes.Byte();
                    break;
                case InetDiagAttribute.SKV6ONLY:
                    V6Only = attributes.Byte() != 0;
                    break;
                case InetDiagAttribute.MARK:
                    Mark = Overlay.Read<uint>(attributes.Value, "INET_DIAG_MARK");
                    break;
                case InetDiagAttribute.CGROUP_ID:
                    CgroupId = Overlay.Read<ulong>(attributes.Value, "INET_DIAG_CGROUP_ID");
                    break;
            }
        }
    }

    /// <summary>2 for AF_INET, 10 for AF_INET6.</summary>
    public int Family => header.idiag_family;

    /// <summary>The kernel's state number: 1 ESTABLISHED to 12 NEW_SYN_RECV.</summary>
    public int State => header.idiag_state;

    /// <summary>Which timer runs: 0 none, 1 retransmit, 2 keep-alive (or SYN-ACK), 3 TIME_WAIT, 4 zero-window probe.</summary>
    public int Timer => header.idiag_timer;

    /// <summary>Retransmits in a row, or probes sent, by what the timer is.</summary>
    public int Retransmits => header.idiag_retrans;

    /// <summary>Milliseconds until the timer fires.</summary>
    public uint ExpiresMilliseconds => header.idiag_expires;

    public int LocalPort => BinaryPrimitives.ReverseEndianness(header.id.idiag_sport_be);
    public int RemotePort => BinaryPrimitives.ReverseEndianness(header.id.idiag_dport_be);

    /// <summary>4 or 16 bytes, by family.</summary>
    public ReadOnlySpan<byte> LocalAddress => message.Slice(8, Family == Libc.AF_INET ? 4 : 16);

    /// <summary>4 or 16 bytes, by family; zeros on a listener.</summary>
    public ReadOnlySpan<byte> RemoteAddress => message.Slice(24, Family == Libc.AF_INET ? 4 : 16);

    /// <summary>Index of the interface that the socket is bound to, or 0.</summary>
    public int InterfaceIndex => (int)header.id.idiag_if;

    /// <summary>The socket's cookie: unique on this host until it reboots.</summary>
    public ulong Cookie => header.id.idiag_cookie_low | ((ulong)header.id.idiag_cookie_high << 32);

    /// <summary>Bytes received and not read; on a listener, connections waiting for accept.</summary>
    public uint ReceiveQueue => header.idiag_rqueue;

    /// <summary>Bytes written and not acknowledged; on a listener, the backlog.</summary>
    public uint WriteQueue => header.idiag_wqueue;

    public int Uid => (int)header.idiag_uid;

    /// <summary>The N of socket:[N] in /proc/PID/fd; 0 when no process holds the socket.</summary>
    public uint Inode => header.idiag_inode;

    /// <summary>1: reading is shut down, 2: writing, 3: both.</summary>
    public int Shutdown { get; }

    /// <summary>An IPv6 socket that takes no IPv4.</summary>
    public bool V6Only { get; }

    /// <summary>SO_MARK; 0 without CAP_NET_ADMIN.</summary>
    public uint Mark { get; }

    /// <summary>Inode of the cgroup v2 directory that the socket was made in; 0 when the kernel does not tell.</summary>
    public ulong CgroupId { get; }

    /// <summary>struct tcp_info as this kernel has it; empty when not asked for, or in TIME_WAIT and NEW_SYN_RECV.</summary>
    public ReadOnlySpan<byte> InfoBytes => info;

    public bool HasInfo => !info.IsEmpty;

    /// <summary>struct tcp_info; fields that this kernel does not know are 0.</summary>
    public TcpInfo Info => Overlay.ReadZeroFilled<TcpInfo>(info);

    /// <summary>Memory of the socket; zeros when not asked for.</summary>
    public SkMemInfo Memory => Overlay.ReadZeroFilled<SkMemInfo>(skMemInfo);

    /// <summary>Name of the congestion control, as "cubic"; empty when not asked for.</summary>
    public string Congestion => Encoding.ASCII.GetString(congestion.TrimEnd((byte)0));

    /// <summary>The same socket in the shape in which BPF lists it; <paramref name="netns"/> is where the dump was made.</summary>
    public SocketRow ToRow(uint netns)
    {
        const int Listen = 10;
        var row = new SocketRow
        {
            netns = netns,
            cookie = Cookie,
            inode = Inode,
            local_port = (ushort)LocalPort,
            remote_port = (ushort)RemotePort,
            family = (byte)Family,
            state = (byte)State,
            timer = (byte)Timer,
            retransmits = (byte)Retransmits,
            timer_ms = ExpiresMilliseconds,
            uid = header.idiag_uid,
            recv_queue = ReceiveQueue,
            send_queue = WriteQueue,
            @interface = header.id.idiag_if,
            mark = Mark,
            shutdown = (byte)(Shutdown & 3),
            flags = V6Only ? SocketRowFlags.V6Only : SocketRowFlags.None,
            info_size = (ushort)info.Length,
            memory = Memory,
            info = Info,
        };
        LocalAddress.CopyTo(row.local);
        RemoteAddress.CopyTo(row.remote);
        congestion[..Math.Min(congestion.Length, 16)].CopyTo(row.congestion);
        // The kernel hides a listener's queue there; the row tells it by name.
        if (State == Listen)
            row.info.tcpi_unacked = row.info.tcpi_sacked = 0;
        return row;
    }
}
