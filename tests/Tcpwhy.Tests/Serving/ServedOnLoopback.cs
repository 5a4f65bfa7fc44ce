using System.Net;
using System.Net.Sockets;
using Tcpwhy.Model;
using Tcpwhy.Serving;
using Xunit;

namespace Tcpwhy.Tests.Serving;

/// <summary>A test server on a free port of loopback, for one test.</summary>
internal sealed class ServedOnLoopback : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TestServer _server;
    private readonly Task _running;

    public ServedOnLoopback(ListenSettings settings)
    {
        _server = TestServer.Open(settings);
        _running = _server.RunAsync(_stop.Token);
    }

    /// <summary>Where a test's server listens.</summary>
    public static Endpoint Free { get; } = new(IPAddress.Loopback, 0);
    public ListenCounters Counters => _server.Counters;
    public int Port => _server.Endpoint.Port;

    public async Task<Socket> ConnectAsync()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 10_000 };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port), TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>Stops it: every connection has ended then, and its ending is counted.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        Assert.Equal(0, Counters.Active);
        Assert.Equal(Counters.Accepted, Enum.GetValues<ConnectionEnding>().Sum(Counters.Endings));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _server.Dispose();
        _stop.Dispose();
    }
}
