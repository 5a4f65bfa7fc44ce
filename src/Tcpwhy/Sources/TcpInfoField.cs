using Tcpwhy.Kernel.InetDiag;

namespace Tcpwhy.Sources;

/// <summary>A number in the kernel's struct tcp_info under a name that says its unit: the one place where the two meet.</summary>
public sealed class TcpInfoField
{
    // Sizes of struct tcp_info: an older kernel's ends before the field.
    private const int Since6_2 = 240;
    private const int Since6_7 = 248;
    private const int Since6_18 = 280;

    private readonly Reading _read;
    private readonly int _since;

    private TcpInfoField(string name, Reading read, int since = 0, ulong? none = null)
    {
        (Name, _read, _since, None) = (name, read, since, none);
        (FirstByte, LastByte) = Find(read);
    }

    private delegate ulong Reading(in TcpInfo info);

    /// <summary>As <c>rtt_us</c>, <c>snd_cwnd_segments</c>, <c>bytes_acked</c>.</summary>
    public string Name { get; }

    /// <summary>The number by which the kernel means that there is none, or null.</summary>
    public ulong? None { get; }

    /// <summary>The bytes of <see cref="TcpSocket.InfoBytes"/> in which the number stands.</summary>
    public int FirstByte { get; }

    /// <inheritdoc cref="FirstByte"/>
    public int LastByte { get; }

    /// <summary>Every number, in the kernel's order.</summary>
    public static IReadOnlyList<TcpInfoField> All { get; } =
    [
        new("retransmits", static (in i) => i.tcpi_retransmits),
        new("probes", static (in i) => i.tcpi_probes),
        new("backoff", static (in i) => i.tcpi_backoff),
        new("snd_wscale_bits", static (in i) => (ulong)i.tcpi_wscale & 15),
        new("rcv_wscale_bits", static (in i) => (ulong)i.tcpi_wscale >> 4),
        new("fastopen_client_fail", static (in i) => (ulong)i.tcpi_rate_and_fastopen >> 1 & 3),
        new("rto_us", static (in i) => i.tcpi_rto),
        new("ato_us", static (in i) => i.tcpi_ato),
        new("snd_mss_bytes", static (in i) => i.tcpi_snd_mss),
        new("rcv_mss_bytes", static (in i) => i.tcpi_rcv_mss),
        new("unacked_segments", static (in i) => i.tcpi_unacked),
        new("sacked_segments", static (in i) => i.tcpi_sacked),
        new("lost_segments", static (in i) => i.tcpi_lost),
        new("retrans_segments", static (in i) => i.tcpi_retrans),
        new("fackets_segments", static (in i) => i.tcpi_fackets),
        new("last_data_sent_ms", static (in i) => i.tcpi_last_data_sent),
        new("last_ack_sent_ms", static (in i) => i.tcpi_last_ack_sent),
        new("last_data_recv_ms", static (in i) => i.tcpi_last_data_recv),
        new("last_ack_recv_ms", static (in i) => i.tcpi_last_ack_recv),
        new("pmtu_bytes", static (in i) => i.tcpi_pmtu),
        new("rcv_ssthresh_bytes", static (in i) => i.tcpi_rcv_ssthresh),
        new("rtt_us", static (in i) => i.tcpi_rtt),
        new("rttvar_us", static (in i) => i.tcpi_rttvar),
        // TCP_INFINITE_SSTHRESH: still in its first slow start.
        new("snd_ssthresh_segments", static (in i) => i.tcpi_snd_ssthresh, none: 0x7fffffff),
        new("snd_cwnd_segments", static (in i) => i.tcpi_snd_cwnd),
        new("advmss_bytes", static (in i) => i.tcpi_advmss),
        new("reordering_segments", static (in i) => i.tcpi_reordering),
        new("rcv_rtt_us", static (in i) => i.tcpi_rcv_rtt),
        new("rcv_space_bytes", static (in i) => i.tcpi_rcv_space),
        new("total_retrans_segments", static (in i) => i.tcpi_total_retrans),
        new("pacing_rate_bytes_per_second", static (in i) => i.tcpi_pacing_rate, none: ulong.MaxValue),
        new("max_pacing_rate_bytes_per_second", static (in i) => i.tcpi_max_pacing_rate, none: ulong.MaxValue),
        new("bytes_acked", static (in i) => i.tcpi_bytes_acked),
        new("bytes_received", static (in i) => i.tcpi_bytes_received),
        new("segs_out", static (in i) => i.tcpi_segs_out),
        new("segs_in", static (in i) => i.tcpi_segs_in),
        new("notsent_bytes", static (in i) => i.tcpi_notsent_bytes),
        new("min_rtt_us", static (in i) => i.tcpi_min_rtt, none: uint.MaxValue),
        new("data_segs_in", static (in i) => i.tcpi_data_segs_in),
        new("data_segs_out", static (in i) => i.tcpi_data_segs_out),
        new("delivery_rate_bytes_per_second", static (in i) => i.tcpi_delivery_rate),
        new("busy_time_us", static (in i) => i.tcpi_busy_time),
        new("rwnd_limited_us", static (in i) => i.tcpi_rwnd_limited),
        new("sndbuf_limited_us", static (in i) => i.tcpi_sndbuf_limited),
        new("delivered_segments", static (in i) => i.tcpi_delivered),
        new("delivered_ce_segments", static (in i) => i.tcpi_delivered_ce),
        new("bytes_sent", static (in i) => i.tcpi_bytes_sent),
        new("bytes_retrans", static (in i) => i.tcpi_bytes_retrans),
        new("dsack_dups_segments", static (in i) => i.tcpi_dsack_dups),
        new("reord_seen", static (in i) => i.tcpi_reord_seen),
        new("rcv_ooopack_segments", static (in i) => i.tcpi_rcv_ooopack),
        new("snd_wnd_bytes", static (in i) => i.tcpi_snd_wnd),
        new("rcv_wnd_bytes", static (in i) => i.tcpi_rcv_wnd, Since6_2),
        new("rehash", static (in i) => i.tcpi_rehash, Since6_2),
        new("total_rto", static (in i) => i.tcpi_total_rto, Since6_7),
        new("total_rto_recoveries", static (in i) => i.tcpi_total_rto_recoveries, Since6_7),
        new("total_rto_time_ms", static (in i) => i.tcpi_total_rto_time, Since6_7),
        new("received_ce_segments", static (in i) => i.tcpi_received_ce, Since6_18),
        new("delivered_e1_bytes", static (in i) => i.tcpi_delivered_e1_bytes, Since6_18),
        new("delivered_e0_bytes", static (in i) => i.tcpi_delivered_e0_bytes, Since6_18),
        new("delivered_ce_bytes", static (in i) => i.tcpi_delivered_ce_bytes, Since6_18),
        new("received_e1_bytes", static (in i) => i.tcpi_received_e1_bytes, Since6_18),
        new("received_e0_bytes", static (in i) => i.tcpi_received_e0_bytes, Since6_18),
        new("received_ce_bytes", static (in i) => i.tcpi_received_ce_bytes, Since6_18),
        new("accecn_fail_mode", static (in i) => i.tcpi_accecn_fail_mode, Since6_18),
        new("accecn_opt_seen", static (in i) => i.tcpi_accecn_opt_seen, Since6_18),
    ];

    /// <summary>Whether the running kernel knows the field.</summary>
    public bool IsKnown(in TcpSocket socket) => IsKnown(socket.Row.info_size);

    /// <summary>Whether a kernel whose struct tcp_info has this many bytes knows the field.</summary>
    public bool IsKnown(int infoSize) => infoSize >= _since;

    /// <summary>The number; 0 for a socket without tcp_info.</summary>
    public ulong Of(in TcpSocket socket) => _read(in socket.Row.info);

    /// <summary>The number in a tcp_info.</summary>
    public ulong Of(in TcpInfo info) => _read(in info);

    // The names above are bound to the structure by the compiler alone, so the place of a field is found by asking it.
    private static (int First, int Last) Find(Reading read)
    {
        (int first, int last) = (-1, -1);
        for (int i = 0; i < TcpInfo.Size; i++)
        {
            if (read(TcpInfo.WithByte(i)) == 0)
                continue;
            first = first < 0 ? i : first;
            last = i;
        }
        return (first, last);
    }
}
