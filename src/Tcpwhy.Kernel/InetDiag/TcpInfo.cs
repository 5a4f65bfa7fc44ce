using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.InetDiag;

/// <summary>struct tcp_info up to Linux 6.18 (linux/tcp.h): times in microseconds or, tcpi_last_*, milliseconds; rates in bytes a second.</summary>
public struct TcpInfo
{
    public byte tcpi_state;
    public byte tcpi_ca_state;

    /// <summary>Retransmission timeouts in a row of the segment in flight.</summary>
    public byte tcpi_retransmits;

    /// <summary>Keep-alive or zero-window probes without an answer.</summary>
    public byte tcpi_probes;
    public byte tcpi_backoff;

    /// <summary>Options in use: 1 timestamps, 2 SACK, 4 window scale, 8 ECN, 16 ECN seen, 32 data in the SYN acknowledged, 64 microsecond timestamps, 128 opened by TCP fast open.</summary>
    public byte tcpi_options;

    /// <summary>Low four bits tcpi_snd_wscale, high four tcpi_rcv_wscale.</summary>
    public byte tcpi_wscale;

    /// <summary>Lowest bit tcpi_delivery_rate_app_limited, next two tcpi_fastopen_client_fail.</summary>
    public byte tcpi_rate_and_fastopen;

    public uint tcpi_rto;
    public uint tcpi_ato;
    public uint tcpi_snd_mss;
    public uint tcpi_rcv_mss;

    /// <summary>Segments in flight; on a listener, connections waiting for accept.</summary>
    public uint tcpi_unacked;

    /// <summary>Segments that the peer reported by SACK; on a listener, the backlog.</summary>
    public uint tcpi_sacked;
    public uint tcpi_lost;
    public uint tcpi_retrans;
    public uint tcpi_fackets;
    public uint tcpi_last_data_sent;
    public uint tcpi_last_ack_sent;
    public uint tcpi_last_data_recv;
    public uint tcpi_last_ack_recv;
    public uint tcpi_pmtu;
    public uint tcpi_rcv_ssthresh;
    public uint tcpi_rtt;
    public uint tcpi_rttvar;
    public uint tcpi_snd_ssthresh;
    public uint tcpi_snd_cwnd;
    public uint tcpi_advmss;
    public uint tcpi_reordering;
    public uint tcpi_rcv_rtt;
    public uint tcpi_rcv_space;
    public uint tcpi_total_retrans;
    public ulong tcpi_pacing_rate;
    public ulong tcpi_max_pacing_rate;
    public ulong tcpi_bytes_acked;
    public ulong tcpi_bytes_received;
    public uint tcpi_segs_out;
    public uint tcpi_segs_in;

    /// <summary>Since Linux 4.6.</summary>
    public uint tcpi_notsent_bytes;
    public uint tcpi_min_rtt;
    public uint tcpi_data_segs_in;
    public uint tcpi_data_segs_out;
    public ulong tcpi_delivery_rate;
    public ulong tcpi_busy_time;
    public ulong tcpi_rwnd_limited;
    public ulong tcpi_sndbuf_limited;
    public uint tcpi_delivered;
    public uint tcpi_delivered_ce;

    /// <summary>Since Linux 4.19.</summary>
    public ulong tcpi_bytes_sent;
    public ulong tcpi_bytes_retrans;
    public uint tcpi_dsack_dups;
    public uint tcpi_reord_seen;
    public uint tcpi_rcv_ooopack;

    /// <summary>The peer's window in bytes, scaled; since Linux 5.4.</summary>
    public uint tcpi_snd_wnd;

    /// <summary>Our window in bytes, scaled; since Linux 6.2.</summary>
    public uint tcpi_rcv_wnd;
    public uint tcpi_rehash;

    /// <summary>Since Linux 6.7.</summary>
    public ushort tcpi_total_rto;
    public ushort tcpi_total_rto_recoveries;
    public uint tcpi_total_rto_time;

    /// <summary>Since Linux 6.18, as all that follow.</summary>
    public uint tcpi_received_ce;
    public uint tcpi_delivered_e1_bytes;
    public uint tcpi_delivered_e0_bytes;
    public uint tcpi_delivered_ce_bytes;
    public uint tcpi_received_e1_bytes;
    public uint tcpi_received_e0_bytes;
    public uint tcpi_received_ce_bytes;
    public ushort tcpi_accecn_fail_mode;
    public ushort tcpi_accecn_opt_seen;

    /// <summary>Bytes of the whole.</summary>
    public static int Size => Unsafe.SizeOf<TcpInfo>();

    /// <summary>One in which a byte is 255 and all others are 0.</summary>
    public static TcpInfo WithByte(int index)
    {
        TcpInfo info = default;
        MemoryMarshal.AsBytes(new Span<TcpInfo>(ref info))[index] = 0xff;
        return info;
    }

    /// <summary>What getsockopt(TCP_INFO) returned; fields that the running kernel does not know stay 0.</summary>
    public static TcpInfo Read(ReadOnlySpan<byte> bytes) => Overlay.ReadZeroFilled<TcpInfo>(bytes);

    /// <summary>Its bytes.</summary>
    public static ReadOnlySpan<byte> Bytes(in TcpInfo info) => MemoryMarshal.AsBytes(new ReadOnlySpan<TcpInfo>(in info));
}
