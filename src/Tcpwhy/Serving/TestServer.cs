using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Tcpwhy.Model;
using SocketError = System.Net.Sockets.SocketError;

namespace Tcpwhy.Serving;

/// <summary>The server behind <c>listen</c>: well behaved, or misbehaving as its settings ask.</summary>
public sealed class TestServer : IDisposable
{
    private const int UsualBacklog = 4096;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private readonly Socket _listener;
    private readonly SemaphoreSlim? _places;
    private readonly LinkedList<ServedConnection> _open = new();
    private readonly Lock _gate = new();

    private TestServer(ListenSettings settings, Socket listener)
    {
        Settings = settings;
        _listener = listener;
        IPEndPoint at = (IPEndPoint)listener.LocalEndPoint!;
        Endpoint = new Endpoint(at.Address, at.Port);
        Replies = new HttpReplies(settings.BodyBytes);
        _places = settings.MaxConnections is { } most ? new SemaphoreSlim(most, most) : null;
        Idle = settings.IdleTimeout is { } limit ? new IdleWatch(limit, Alarm) : null;
        if (settings.Tls)
            Tls = new SslServerAuthenticationOptions { ServerCertificate = ThrowAwayCertificate.Make(at.Address, TimeProvider.System.GetUtcNow()) };
    }

    public ListenSettings Settings { get; }

    /// <summary>Where it listens, with the port that the kernel gave.</summary>
    public Endpoint Endpoint { get; }
    public ListenCounters Counters { get; } = new();
    internal Alarm Alarm { get; } = new();
    internal IdleWatch? Idle { get; }
    internal HttpReplies Replies { get; }
    internal SslServerAuthenticationOptions? Tls { get; }

    /// <summary>Binds and listens: clients may connect, and are served once <see cref="RunAsync"/> runs.</summary>
    /// <exception cref="SocketException">The address or the port cannot be had.</exception>
    public static TestServer Open(ListenSettings settings)
    {
        Socket listener = new(settings.At.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (settings.At.Address.Equals(IPAddress.IPv6Any))
                listener.DualMode = true;
            // Connections inherit it: a stalled reader then shows after kilobytes instead of megabytes.
            if (settings.StopReading)
                listener.ReceiveBufferSize = 4096;
            listener.Bind(new IPEndPoint(settings.At.Address, settings.At.Port));
            listener.Listen(settings.Backlog ?? UsualBacklog);
            return new TestServer(settings, listener);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Accepts and serves until it is stopped, then closes what is open without a reset.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                if (_places is not null)
                    await _places.WaitAsync(stop);
                if (Settings.AcceptDelay is { } pause)
                {
                    await Alarm.WaitAsync(pause).WaitAsync(stop);
                    Counters.Misbehave(Misbehaviour.AcceptDelay);
                }
                await AcceptAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        await CloseAllAsync();
    }

    public void Dispose()
    {
        _listener.Dispose();
        Alarm.Dispose();
        _places?.Dispose();
        Tls?.ServerCertificate?.Dispose();
    }

    internal void Forget(ServedConnection connection, ConnectionEnding how)
    {
        lock (_gate)
            _open.Remove(connection.Place);
        Counters.End(how);
        _places?.Release();
    }

    private async ValueTask AcceptAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                Serve(await _listener.AcceptAsync(stop));
                return;
            }
            catch (SocketException full) when (full.SocketErrorCode == SocketError.TooManyOpenSockets)
            {
                Counters.NoDescriptor();
                await Task.Delay(TimeSpan.FromMilliseconds(100), stop);
            }
            catch (SocketException gone) when (gone.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // The client left before it was accepted.
            }
        }
    }

    private void Serve(Socket socket)
    {
        ServedConnection connection = new(this, socket);
        Counters.Accept();
        lock (_gate)
            _open.AddLast(connection.Place);
        _ = connection.ServeAsync();
    }

    private async Task CloseAllAsync()
    {
        // What waits to be accepted would be reset with the listener.
        while (_listener.Poll(TimeSpan.Zero, SelectMode.SelectRead))
            Serve(await _listener.AcceptAsync());
        _listener.Dispose();
        foreach (ServedConnection connection in Open())
            connection.EndAtStop();
        for (TimeSpan waited = TimeSpan.Zero; waited < Grace && Counters.Active > 0; waited += TimeSpan.FromMilliseconds(10))
            await Task.Delay(10);
        foreach (ServedConnection connection in Open())
            connection.EndAtOnce();
        for (TimeSpan waited = TimeSpan.Zero; waited < Grace && Counters.Active > 0; waited += TimeSpan.FromMilliseconds(10))
            await Task.Delay(10);
    }

    private ServedConnection[] Open()
    {
        lock (_gate)
            return [.. _open];
    }
}
