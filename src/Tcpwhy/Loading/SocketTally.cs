using Tcpwhy.Kernel.InetDiag;

namespace Tcpwhy.Loading;

/// <summary>TCP_INFO of connections that were looked at when they closed, summed up: the first hundred, then one in sixty-four.</summary>
public sealed class SocketTally
{
    private const int All = 100;
    private const int OneIn = 64;
    private long _closing;

    /// <summary>How many connections were looked at.</summary>
    public long Count { get; set; }

    /// <summary>Smoothed round-trip times.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public Histogram Rtt { get; } = new();

    /// <summary>Segments sent again by the connections looked at.</summary>
    public long Retransmits { get; set; }

    /// <summary>Segments that they sent in all.</summary>
    public long SegmentsOut { get; set; }

    /// <summary>How many of them sent something again.</summary>
    public long WithRetransmits { get; set; }

    /// <summary>The sum of their congestion windows, in segments.</summary>
    public long CongestionWindows { get; set; }

    /// <summary>The sum of the receive space that the kernel had allotted, in bytes.</summary>
    public long ReceiveSpace { get; set; }

    /// <summary>Whether the connection that closes now shall be looked at.</summary>
    public bool Wants() => _closing++ < All || _closing % OneIn == 0;

    public void Add(in TcpInfo info)
    {
        Count++;
        Rtt.Record(info.tcpi_rtt * 1000L);
        Retransmits += info.tcpi_total_retrans;
        SegmentsOut += info.tcpi_segs_out;
        WithRetransmits += info.tcpi_total_retrans > 0 ? 1 : 0;
        CongestionWindows += info.tcpi_snd_cwnd;
        ReceiveSpace += info.tcpi_rcv_space;
    }

    /// <summary>Takes over what another has counted.</summary>
    public void Add(SocketTally other)
    {
        Count += other.Count;
        Rtt.Add(other.Rtt);
        Retransmits += other.Retransmits;
        SegmentsOut += other.SegmentsOut;
        WithRetransmits += other.WithRetransmits;
        CongestionWindows += other.CongestionWindows;
        ReceiveSpace += other.ReceiveSpace;
    }
}
