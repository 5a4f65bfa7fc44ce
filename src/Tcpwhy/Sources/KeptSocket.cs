using Tcpwhy.Kernel.Bpf;

namespace Tcpwhy.Sources;

/// <summary>A socket of a list, kept beyond the handler's call.</summary>
public sealed class KeptSocket
{
    private SocketRow _row;
    private SocketOwner? _owner;
    private int _descriptor;

    public KeptSocket(in TcpSocket socket) => Take(socket);

    /// <summary>The socket as it was.</summary>
    public TcpSocket View => new(in _row, _owner, _descriptor);

    /// <summary>Keeps another one instead.</summary>
    public void Take(in TcpSocket socket) => (_row, _owner, _descriptor) = (socket.Row, socket.Owner, socket.Descriptor);

    /// <summary>Whether it is the same connection, seen another time.</summary>
    public bool IsSame(in TcpSocket other) =>
        _row.netns == other.Netns && _row.local_port == other.LocalPort && _row.remote_port == other.RemotePort
        && View.LocalAddress == other.LocalAddress && View.RemoteAddress == other.RemoteAddress;
}
