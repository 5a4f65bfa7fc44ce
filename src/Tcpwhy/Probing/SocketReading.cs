using System.Net.Sockets;
using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Probing;

/// <summary>A connection's tcp_info at one moment, by getsockopt.</summary>
public sealed class SocketReading
{
    private const int IPPROTO_TCP = 6;
    private const int TCP_INFO = 11;

    private readonly TcpInfo _info;
    private readonly int _size;

    internal SocketReading(TcpInfo info, int size) => (_info, _size) = (info, size);

    public TcpState State => (TcpState)_info.tcpi_state;

    /// <summary>Smoothed round-trip time.</summary>
    public TimeSpan Rtt => TimeSpan.FromMicroseconds(_info.tcpi_rtt);

    /// <summary>Segments sent again in the life of the connection.</summary>
    public long Retransmits => _info.tcpi_total_retrans;
    public int CongestionWindowSegments => (int)_info.tcpi_snd_cwnd;

    /// <summary>Bytes that the receiver's window was tuned for.</summary>
    public long ReceiveSpaceBytes => _info.tcpi_rcv_space;

    /// <summary>Payload of a full segment that we send.</summary>
    public int SendMssBytes => (int)_info.tcpi_snd_mss;

    /// <summary>Payload of the largest segments that arrived lately.</summary>
    public int ReceiveMssBytes => (int)_info.tcpi_rcv_mss;
    public int PathMtuBytes => (int)_info.tcpi_pmtu;

    /// <summary>Bytes that the peer acknowledged; the SYN counts one.</summary>
    public long BytesAcked => (long)_info.tcpi_bytes_acked;
    public int UnackedSegments => (int)_info.tcpi_unacked;
    public int NotSentBytes => (int)_info.tcpi_notsent_bytes;
    public int OutOfOrderSegments => (int)_info.tcpi_rcv_ooopack;
    public long BytesReceived => (long)_info.tcpi_bytes_received;
    public long BytesSent => (long)_info.tcpi_bytes_sent;

    /// <summary>The congestion control's state: 0 open, 1 disorder, 2 CWR, 3 recovery, 4 loss.</summary>
    public int CongestionState => _info.tcpi_ca_state;

    /// <summary>Options in use: 1 timestamps, 2 SACK, 4 window scale, 8 ECN, 16 ECN seen, 32 data in the SYN, 64 microsecond timestamps, 128 opened by TCP fast open.</summary>
    public int Options => _info.tcpi_options;

    /// <summary>Every number that the running kernel knows, null where it has none, with names that say the unit.</summary>
    public IEnumerable<(string Name, ulong? Value)> Fields
    {
        get
        {
            foreach (TcpInfoField known in TcpInfoField.All)
            {
                if (!known.IsKnown(_size))
                    continue;
                ulong value = known.Of(_info);
                yield return (known.Name, value == known.None ? null : value);
            }
        }
    }

    /// <summary>What diagnosis asks of a socket.</summary>
    public TcpSample Sample => new()
    {
        Opener = Opener.Local,
        // Of what never happened the kernel says that it happened at boot.
        LastDataSent = _info.tcpi_data_segs_out == 0 ? null : TimeSpan.FromMilliseconds(_info.tcpi_last_data_sent),
        LastDataReceived = _info.tcpi_data_segs_in == 0 ? null : TimeSpan.FromMilliseconds(_info.tcpi_last_data_recv),
        LastAckReceived = _info.tcpi_segs_in == 0 ? null : TimeSpan.FromMilliseconds(_info.tcpi_last_ack_recv),
        BytesSent = BytesSent,
        BytesAcked = BytesAcked,
        BytesReceived = BytesReceived,
        SegmentsOut = (int)_info.tcpi_segs_out,
        SegmentsIn = (int)_info.tcpi_segs_in,
        DataSegmentsOut = (int)_info.tcpi_data_segs_out,
        DataSegmentsIn = (int)_info.tcpi_data_segs_in,
        UnsentBytes = NotSentBytes,
        RetransmitsTotal = (int)_info.tcpi_total_retrans,
        RetransmitsInARow = _info.tcpi_retransmits,
        ProbesUnanswered = _info.tcpi_probes,
        Backoff = _info.tcpi_backoff,
        RttMicroseconds = (int)_info.tcpi_rtt,
        MinRttMicroseconds = _info.tcpi_min_rtt == uint.MaxValue ? 0 : (int)_info.tcpi_min_rtt,
        RetransmitTimeoutMicroseconds = (int)_info.tcpi_rto,
        CongestionWindowSegments = CongestionWindowSegments,
        SendWindowBytes = (int)_info.tcpi_snd_wnd,
        ReceiveWindowBytes = (int)_info.tcpi_rcv_wnd,
        MssBytes = SendMssBytes,
        PathMtuBytes = PathMtuBytes,
        SegmentsInFlight = UnackedSegments,
    };

    /// <summary>Reads it from a socket that has been connected, or was asked to connect.</summary>
    public static SocketReading Of(Socket socket)
    {
        Span<byte> bytes = stackalloc byte[TcpInfo.Size];
        int size = socket.GetRawSocketOption(IPPROTO_TCP, TCP_INFO, bytes);
        return new SocketReading(TcpInfo.Read(bytes[..size]), size);
    }
}
