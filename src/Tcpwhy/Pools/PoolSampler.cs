using Tcpwhy.Filtering;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Pools;

/// <summary>Turns one list of the host's sockets into a sample, and remembers the processes that it met.</summary>
public sealed class PoolSampler(SocketTable table, Filter filter)
{
    private static readonly TcpInfoField Acked = Field("bytes_acked"), Received = Field("bytes_received"), SegmentsOut = Field("data_segs_out"),
        SegmentsIn = Field("data_segs_in"), SinceSent = Field("last_data_sent_ms"), SinceReceived = Field("last_data_recv_ms"), SinceHeard = Field("last_ack_recv_ms"),
        Unacknowledged = Field("unacked_segments");

    private int _size = 256;

    /// <summary>Processes that held a socket in any sample, by pid.</summary>
    public Dictionary<int, ProcessInfo> Processes { get; } = [];

    /// <summary>What the last sample lacks for want of privilege.</summary>
    public SocketsUnseen Unseen { get; private set; }

    /// <summary>Reads all sockets once.</summary>
    public PoolSample Take(TimeSpan at)
    {
        List<PoolSocket> sockets = new(_size);
        Unseen = table.Read((in TcpSocket socket) =>
        {
            if (socket.State is TcpState.SynReceived or TcpState.NewSynReceived or TcpState.Closed)
                return;
            bool chosen = socket.IsListener || filter.Matches(socket.Subject);
            sockets.Add(Of(socket, chosen));
            if (socket.Owner is { } owner && chosen && !socket.IsListener && !Processes.ContainsKey(owner.Pid))
                Processes[owner.Pid] = new ProcessInfo(owner.Pid, owner.Comm) { Container = owner.Container };
        });
        _size = sockets.Count + 256;
        return new PoolSample(at, sockets);
    }

    /// <summary>A socket as samples have it.</summary>
    public static PoolSocket Of(in TcpSocket socket, bool chosen) => new()
    {
        Ends = new ConnectionEnds(socket.Netns, socket.LocalAddress, socket.LocalPort, socket.RemoteAddress, socket.RemotePort),
        State = socket.State,
        Inode = socket.Inode,
        Pid = socket.Owner?.Pid ?? 0,
        Chosen = chosen,
        BytesAcked = Acked.Of(socket),
        BytesReceived = Received.Of(socket),
        DataSegmentsOut = (uint)SegmentsOut.Of(socket),
        DataSegmentsIn = (uint)SegmentsIn.Of(socket),
        Unacknowledged = (uint)Unacknowledged.Of(socket),
        Retransmits = socket.RetransmitsTotal,
        SinceSent = Milliseconds(SinceSent, socket),
        SinceReceived = Milliseconds(SinceReceived, socket),
        SinceHeard = Milliseconds(SinceHeard, socket),
    };

    private static TimeSpan Milliseconds(TcpInfoField field, in TcpSocket socket) => TimeSpan.FromMilliseconds(field.Of(socket));

    private static TcpInfoField Field(string name) => TcpInfoField.All.First(field => field.Name == name);
}
