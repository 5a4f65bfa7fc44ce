using System.Net;
using System.Net.Sockets;
using System.Text;
using Tcpwhy.Model;

namespace Tcpwhy.Tests.Loading;

/// <summary>A server on loopback that treats each connection as the test says.</summary>
internal sealed class SmallServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _open = [];
    private readonly Func<Socket, Task> _treat;
    private int _accepted;

    public SmallServer(Func<Socket, Task> treat)
    {
        _treat = treat;
        _listener.Start(512);
        At = new Endpoint(IPAddress.Loopback, ((IPEndPoint)_listener.LocalEndpoint).Port);
        _ = AcceptAsync();
    }

    public Endpoint At { get; }

    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Answers each request of HTTP, as often as it is asked.</summary>
    public static SmallServer Http(string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", TimeSpan delay = default) => new(async socket =>
    {
        byte[] buffer = new byte[4096];
        byte[] bytes = Encoding.ASCII.GetBytes(answer);
        StringBuilder request = new();
        while (await socket.ReceiveAsync(buffer) is > 0 and int received)
        {
            request.Append(Encoding.ASCII.GetString(buffer, 0, received));
            if (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                continue;
            bool last = request.ToString().Contains("Connection: close", StringComparison.Ordinal);
            request.Clear();
            if (delay > TimeSpan.Zero)
                await Task.Delay(delay);
            await socket.SendAsync(bytes);
            if (last)
                return;
        }
    });

    public void Dispose()
    {
        _listener.Dispose();
        lock (_open)
            _open.ForEach(socket => socket.Dispose());
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync();
                Interlocked.Increment(ref _accepted);
                lock (_open)
                    _open.Add(socket);
                _ = TreatAsync(socket);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task TreatAsync(Socket socket)
    {
        try
        {
            await _treat(socket);
            socket.Dispose();
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            socket.Dispose();
        }
    }
}
