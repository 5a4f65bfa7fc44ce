using Tcpwhy.Filtering;

namespace Tcpwhy.Sources;

/// <summary>What a list of sockets shall begin with.</summary>
public enum SocketOrder
{
    /// <summary>Retransmits in a row, then full queues, then retransmits in its life.</summary>
    Trouble,

    /// <summary>Bytes not read and not acknowledged.</summary>
    Queues,

    /// <summary>Segments sent again in its life.</summary>
    Retransmits,

    /// <summary>Round-trip time.</summary>
    Rtt,
    State,
    Local,
    Peer,
    Process,
}

/// <summary>Picks the first connections of a pass in some order: of a hundred thousand, only those that are shown are kept.</summary>
/// <param name="filter">Which to pick from; listeners are none unless it is about their state.</param>
public sealed class SocketPicker(SocketOrder order, bool ascending, Filter filter, int most)
{
    private readonly PriorityQueue<KeptSocket, UInt128> _picked = new(most);

    /// <summary>How many there were to pick from.</summary>
    public int Total { get; private set; }

    /// <summary>Looks at one socket.</summary>
    public void See(in TcpSocket socket)
    {
        if (socket.IsListener || (filter != Filter.Everything && !filter.Matches(socket.Subject)))
            return;
        Total++;
        UInt128 weight = Weight(socket);
        if (_picked.Count < most)
        {
            _picked.Enqueue(new KeptSocket(socket), weight);
        }
        else if (_picked.TryPeek(out _, out UInt128 least) && weight > least)
        {
            KeptSocket free = _picked.Dequeue();
            free.Take(socket);
            _picked.Enqueue(free, weight);
        }
    }

    /// <summary>What was picked, in order; those alike by their ends, so that they stay where they are.</summary>
    public List<KeptSocket> Picked() => [.. _picked.UnorderedItems
        .OrderByDescending(one => one.Priority)
        .ThenBy(one => one.Element.View.RemoteAddress).ThenBy(one => one.Element.View.RemotePort)
        .ThenBy(one => one.Element.View.LocalAddress).ThenBy(one => one.Element.View.LocalPort)
        .Select(one => one.Element)];

    private UInt128 Weight(in TcpSocket socket)
    {
        ulong queues = (ulong)socket.ReceiveQueue + socket.SendQueue;
        bool asNumbers = order is SocketOrder.Trouble or SocketOrder.Queues or SocketOrder.Retransmits or SocketOrder.Rtt;
        UInt128 weight = order switch
        {
            SocketOrder.Trouble => ((UInt128)(socket.Timer is SocketTimer.Retransmit or SocketTimer.Persist ? socket.TimerRetries : 0) << 96) + ((UInt128)queues << 40) + socket.RetransmitsTotal,
            SocketOrder.Queues => queues,
            SocketOrder.Retransmits => socket.RetransmitsTotal,
            SocketOrder.Rtt => (UInt128)socket.Rtt.Ticks,
            SocketOrder.State => (uint)socket.State,
            // Of an address 112 bits and the port: neighbours of one network stay in order.
            SocketOrder.Local => (socket.LocalAddress << 16) + (uint)socket.LocalPort,
            SocketOrder.Peer => (socket.RemoteAddress << 16) + (uint)socket.RemotePort,
            _ => (uint)(socket.Owner?.Pid ?? int.MaxValue),
        };
        // Numbers begin with the greatest, names with the least, unless asked otherwise.
        return asNumbers != ascending ? weight : UInt128.MaxValue - weight;
    }
}
