using System.Net.Sockets;

namespace Tcpwhy.Lab;

/// <summary>What TCP_REPAIR lets the owner of a live connection see and change.</summary>
internal static class Repair
{
    const int IpProtoTcp = 6, TcpRepair = 19, TcpRepairQueue = 20, TcpQueueSeq = 21, TcpTimestamp = 24;
    const int On = 1, OffWithoutProbe = -1, NoQueue = 0, ReceiveQueue = 1;

    /// <summary>The sequence number that the socket expects next.</summary>
    public static uint ExpectedSequence(Socket socket)
    {
        Set(socket, TcpRepair, On);
        try
        {
            Set(socket, TcpRepairQueue, ReceiveQueue);
            uint sequence = Get(socket, TcpQueueSeq);
            Set(socket, TcpRepairQueue, NoQueue);
            return sequence;
        }
        finally
        {
            Set(socket, TcpRepair, OffWithoutProbe);
        }
    }

    /// <summary>Sets the clock behind the socket's TCP timestamps back.</summary>
    public static void Rewind(Socket socket, uint ticks)
    {
        Set(socket, TcpRepair, On);
        try
        {
            Set(socket, TcpTimestamp, unchecked((int)(Get(socket, TcpTimestamp) - ticks)));
        }
        finally
        {
            Set(socket, TcpRepair, OffWithoutProbe);
        }
    }

    static void Set(Socket socket, int option, int value) => socket.SetRawSocketOption(IpProtoTcp, option, BitConverter.GetBytes(value));

    static uint Get(Socket socket, int option)
    {
        Span<byte> value = stackalloc byte[4];
        socket.GetRawSocketOption(IpProtoTcp, option, value);
        return BitConverter.ToUInt32(value);
    }
}
