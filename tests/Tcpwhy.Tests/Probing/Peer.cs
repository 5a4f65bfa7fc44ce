using System.Net;
using System.Net.Sockets;

namespace Tcpwhy.Tests.Probing;

/// <summary>A server on loopback that does with each connection what the test says, however rude.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public Peer(Func<Socket, CancellationToken, Task> manners)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync(manners);
    }

    public int Port { get; }

    /// <summary>Reads once, says this and closes.</summary>
    public static Peer Saying(byte[] answer) => new(async (socket, stop) =>
    {
        await socket.ReceiveAsync(new byte[16 * 1024], stop);
        await socket.SendAsync(answer, stop);
    });

    /// <summary>Says this again and again, as long as somebody listens.</summary>
    public static Peer SayingForEver(byte[] text) => new(async (socket, stop) =>
    {
        while (true)
            await socket.SendAsync(text, stop);
    });

    /// <summary>Reads, and never answers.</summary>
    public static Peer Silent() => new(async (socket, stop) =>
    {
        while (await socket.ReceiveAsync(new byte[16 * 1024], stop) > 0)
        {
        }
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync(Func<Socket, CancellationToken, Task> manners)
    {
        List<Task> served = [];
        try
        {
            while (true)
                served.Add(ServeAsync(await _listener.AcceptAsync(_stop.Token), manners));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(served);
        }
    }

    private async Task ServeAsync(Socket socket, Func<Socket, CancellationToken, Task> manners)
    {
        using (socket)
        {
            try
            {
                await manners(socket, _stop.Token);
            }
            catch (Exception gone) when (gone is OperationCanceledException or SocketException or IOException)
            {
                // The probe went away first.
            }
        }
    }
}
