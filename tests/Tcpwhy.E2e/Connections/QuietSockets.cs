using System.Net;
using System.Net.Sockets;
using Tcpwhy.Kernel;
using Tcpwhy.Lab;

namespace Tcpwhy.E2e.Connections;

/// <summary>Sockets of this process in two namespaces of a lab network that do nothing more: one in every state that can be held still.</summary>
sealed class QuietSockets : IDisposable
{
    const int UnreadBytes = 1_237;

    readonly List<Socket> _open = [];

    QuietSockets()
    {
    }

    public static async Task<QuietSockets> MakeAsync(Network network, CancellationToken ct)
    {
        var sockets = new QuietSockets();
        (NetworkNamespace client, NetworkNamespace server) = (Namespace(network.Client), Namespace(network.Server));
        Socket four = sockets.Listen(server, new IPEndPoint(IPAddress.Any, 7001), 5);
        Socket six = sockets.Listen(server, new IPEndPoint(network.Server.Ipv6, 7002), 7, v6Only: true);
        Socket dual = sockets.Listen(server, new IPEndPoint(IPAddress.IPv6Any, 7003), 11);

        for (int i = 0; i < 3; i++)
            sockets.Talk(client, four, new IPEndPoint(network.Server.Ipv4, 7001));
        sockets.Talk(client, six, new IPEndPoint(network.Server.Ipv6, 7002));
        sockets.Talk(client, dual, new IPEndPoint(network.Server.Ipv4, 7003));
        sockets.Talk(client, dual, new IPEndPoint(network.Server.Ipv6, 7003));

        // CLOSE_WAIT at the server, FIN_WAIT2 at the client.
        sockets.Talk(client, four, new IPEndPoint(network.Server.Ipv4, 7001)).Client.Shutdown(SocketShutdown.Send);

        // TIME_WAIT at the client.
        foreach ((Socket listener, IPAddress address, int port) in new[] { (four, network.Server.Ipv4, 7001), (six, network.Server.Ipv6, 7002) })
        {
            (Socket first, Socket second) = sockets.Talk(client, listener, new IPEndPoint(address, port), unread: false);
            first.Shutdown(SocketShutdown.Send);
            await second.ReceiveAsync(new byte[1], ct);
            second.Close();
            await first.ReceiveAsync(new byte[1], ct);
            first.Close();
        }

        // Waiting for accept: a socket without a process.
        sockets.Connect(client, new IPEndPoint(network.Server.Ipv4, 7001));

        // SYN_SENT at the client, SYN_RECV at the server: its answer is lost on the way. (Dropped on output, it would fail, and the kernel would give the request up.)
        await network.Router.FilterAsync("forward", ["tcp sport 7001 tcp flags & (syn | ack) == syn | ack drop"], ct);
        Socket stuck = sockets.Made(client, AddressFamily.InterNetwork);
        stuck.Blocking = false;
        try
        {
            stuck.Connect(new IPEndPoint(network.Server.Ipv4, 7001));
        }
        catch (SocketException pending) when (pending.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
        }
        await Task.Delay(200, ct);
        return sockets;
    }

    public void Dispose() => _open.ForEach(socket => socket.Dispose());

    static NetworkNamespace Namespace(Host host) => new(host.Netns) { Path = $"/run/netns/{host.Name}" };

    Socket Made(NetworkNamespace where, AddressFamily family)
    {
        Socket socket = where.Run(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp));
        _open.Add(socket);
        return socket;
    }

    Socket Listen(NetworkNamespace where, IPEndPoint end, int backlog, bool v6Only = false)
    {
        Socket listener = Made(where, end.AddressFamily);
        if (end.AddressFamily == AddressFamily.InterNetworkV6)
            listener.DualMode = !v6Only;
        listener.Bind(end);
        listener.Listen(backlog);
        return listener;
    }

    Socket Connect(NetworkNamespace where, IPEndPoint end)
    {
        Socket client = Made(where, end.AddressFamily);
        client.Connect(end);
        return client;
    }

    (Socket Client, Socket Server) Talk(NetworkNamespace where, Socket listener, IPEndPoint end, bool unread = true)
    {
        Socket client = Connect(where, end);
        Socket server = listener.Accept();
        _open.Add(server);
        server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        if (unread)
            client.Send(new byte[UnreadBytes]);
        server.Send("hello"u8);
        client.Receive(new byte[5]);
        return (client, server);
    }
}
