using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Model;

namespace Tcpwhy.Loading;

/// <summary>Translates the TCP_INFO of one of our own sockets.</summary>
internal static class SocketSample
{
    public static TcpSample Of(in TcpInfo info) => new()
    {
        Opener = Opener.Local,
        // Of what never happened the kernel says that it happened at boot.
        LastDataSent = info.tcpi_data_segs_out == 0 ? null : TimeSpan.FromMilliseconds(info.tcpi_last_data_sent),
        LastDataReceived = info.tcpi_data_segs_in == 0 ? null : TimeSpan.FromMilliseconds(info.tcpi_last_data_recv),
        LastAckReceived = info.tcpi_segs_in == 0 ? null : TimeSpan.FromMilliseconds(info.tcpi_last_ack_recv),
        BytesSent = (long)info.tcpi_bytes_sent,
        BytesAcked = (long)info.tcpi_bytes_acked,
        BytesReceived = (long)info.tcpi_bytes_received,
        SegmentsOut = (int)info.tcpi_segs_out,
        SegmentsIn = (int)info.tcpi_segs_in,
        DataSegmentsOut = (int)info.tcpi_data_segs_out,
        DataSegmentsIn = (int)info.tcpi_data_segs_in,
        UnsentBytes = (int)info.tcpi_notsent_bytes,
        RetransmitsTotal = (int)info.tcpi_total_retrans,
        RetransmitsInARow = info.tcpi_retransmits,
        ProbesUnanswered = info.tcpi_probes,
        Backoff = info.tcpi_backoff,
        RttMicroseconds = (int)info.tcpi_rtt,
        MinRttMicroseconds = info.tcpi_min_rtt == uint.MaxValue ? 0 : (int)info.tcpi_min_rtt,
        RetransmitTimeoutMicroseconds = (int)info.tcpi_rto,
        CongestionWindowSegments = (int)info.tcpi_snd_cwnd,
        SendWindowBytes = (int)info.tcpi_snd_wnd,
        ReceiveWindowBytes = (int)info.tcpi_rcv_wnd,
        MssBytes = (int)info.tcpi_snd_mss,
        PathMtuBytes = (int)info.tcpi_pmtu,
        SegmentsInFlight = (int)info.tcpi_unacked,
    };
}
