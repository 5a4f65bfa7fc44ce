using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Tcpwhy.Serving;

/// <summary>One accepted connection, from accept to its end. It holds no buffer while it waits: thousands wait at one time.</summary>
#pragma warning disable CA1001 // ServeAsync disposes of both at its end, and nothing else may.
internal sealed class ServedConnection
#pragma warning restore CA1001
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly TestServer _server;
    private readonly Socket _socket;
    private Stream _stream;
    private volatile Ending _ending;

    private enum Ending
    {
        None,
        Idle,
        Reset,
        Stopped,
    }

    public ServedConnection(TestServer server, Socket socket)
    {
        (_server, _socket) = (server, socket);
        _stream = new NetworkStream(socket, ownsSocket: false);
        Place = new LinkedListNode<ServedConnection>(this);
        IdlePlace = new LinkedListNode<ServedConnection>(this);
    }

    /// <summary>Its place among all that are open.</summary>
    public LinkedListNode<ServedConnection> Place { get; }

    /// <summary>Its place among those that are idle.</summary>
    public LinkedListNode<ServedConnection> IdlePlace { get; }

    /// <summary>Timestamp of the last byte in either direction.</summary>
    public long IdleSince { get; set; }
    public ListenSettings Settings => _server.Settings;
    public ListenCounters Counters => _server.Counters;
    public HttpReplies Replies => _server.Replies;

    /// <summary>Whether the server stops.</summary>
    public bool IsStopped => _ending == Ending.Stopped;

    /// <summary>How the connection ends when reading gave 0 bytes: the peer's FIN, unless we made the read end.</summary>
    public ConnectionEnding EndOfInput => _ending == Ending.None ? ConnectionEnding.PeerFin : ConnectionEnding.OurFin;

    /// <summary>Serves it to its end; never throws.</summary>
    public async Task ServeAsync()
    {
        ConnectionEnding how;
        try
        {
            _socket.NoDelay = true;
            if (Settings.ResetAfterTime is { } age)
                _server.Alarm.After(age, EndByAge);
            if (_server.Tls is not null)
                await HandshakeAsync();
            how = await Service()(this);
            if (how == ConnectionEnding.OurFin && _stream is SslStream tls)
                await tls.ShutdownAsync();
        }
        catch (AuthenticationException)
        {
            Counters.FailedHandshake();
            how = ConnectionEnding.OurFin;
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            how = Broken(gone);
        }
        Close(how);
    }

    /// <summary>Waits until there is something to read, or the end.</summary>
    public async ValueTask WaitAsync()
    {
        _server.Idle?.Begin(this);
        _ = await _stream.ReadAsync(Memory<byte>.Empty);
        _server.Idle?.End(this);
    }

    /// <summary>Reads what there is; 0 at the end: see <see cref="EndOfInput"/>.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        _server.Idle?.Begin(this);
        int read = await _stream.ReadAsync(buffer);
        _server.Idle?.End(this);
        Counters.Receive(read);
        return read;
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        Counters.Send(bytes.Length);
        return _stream.WriteAsync(bytes);
    }

    /// <summary>Pauses as --response-delay says.</summary>
    public Task DelayAsync()
    {
        if (Settings.ResponseDelay is not { } delay)
            return Task.CompletedTask;
        Counters.Misbehave(Misbehaviour.ResponseDelay);
        return _server.Alarm.WaitAsync(delay.Next());
    }

    /// <summary>Whether this answer is one of those that --fail-rate takes.</summary>
    public bool Fails()
    {
        if (Settings.FailRate == 0 || Random.Shared.NextDouble() >= Settings.FailRate)
            return false;
        Counters.Misbehave(Misbehaviour.FailRate);
        return true;
    }

    public bool HasUnread => _socket.Available > 0;

    /// <summary>The first byte of TCP_INFO: the state that the kernel has the socket in.</summary>
    public Model.TcpState State()
    {
        const int IpProtoTcp = 6, TcpInfo = 11;
        Span<byte> info = stackalloc byte[1];
        return _socket.GetRawSocketOption(IpProtoTcp, TcpInfo, info) > 0 ? (Model.TcpState)info[0] : Model.TcpState.Closed;
    }

    /// <summary>Sends our FIN and reads until the peer's, so that a last answer is not overtaken by a reset (RFC 9112 section 9.6).</summary>
    public async Task LingerAsync()
    {
        SayFin();
        byte[] rest = new byte[4096];
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(1));
        try
        {
            for (int read = 1, all = 0; read > 0 && all < 1_000_000; all += read)
                read = await _socket.ReceiveAsync(rest, late.Token);
        }
        catch (OperationCanceledException)
        {
            // It goes on talking: what comes now is unread.
        }
    }

    /// <summary>Closes it since it was idle for too long.</summary>
    public void EndIdle()
    {
        Counters.Misbehave(Misbehaviour.IdleTimeout);
        End(Ending.Idle);
    }

    /// <summary>Closes it since the server stops.</summary>
    public void EndAtStop() => End(Ending.Stopped);

    /// <summary>Closes it even if it is writing to a peer that does not read.</summary>
    public void EndAtOnce()
    {
        lock (Place)
        {
            SayFin();
            _socket.Dispose();
        }
    }

    /// <summary>Sends our FIN. After it, closing cancels what is under way without a reset.</summary>
    public void SayFin()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // It is broken, or closed.
        }
    }

    /// <summary>Makes the read that is under way end with 0 bytes, without a word to the peer.</summary>
    private void End(Ending why)
    {
        _ending = why;
        try
        {
            lock (Place)
                _socket.Shutdown(SocketShutdown.Receive);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // It ended by itself meanwhile.
        }
    }

    private void EndByAge()
    {
        try
        {
            _socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            return;
        }
        _ending = Ending.Reset;
        Counters.Misbehave(Misbehaviour.ResetAfter);
        _socket.Dispose();
    }

    private Func<ServedConnection, Task<ConnectionEnding>> Service() =>
        Settings.CloseUnread ? Refusing.CloseUnreadAsync
        : Settings.StopReading ? Refusing.StopReadingAsync
        : Settings.Mode switch
        {
            ListenMode.Echo => StreamService.EchoAsync,
            ListenMode.Discard => StreamService.DiscardAsync,
            ListenMode.Chargen => StreamService.GenerateAsync,
            _ => HttpService.ServeAsync,
        };

    private async Task HandshakeAsync()
    {
        SslStream tls = new(_stream);
        _stream = tls;
        using CancellationTokenSource late = new(Patience);
        try
        {
            await tls.AuthenticateAsServerAsync(_server.Tls!, late.Token);
        }
        catch (OperationCanceledException)
        {
            throw new AuthenticationException("no handshake in time");
        }
    }

    private ConnectionEnding Broken(Exception gone) => _ending switch
    {
        Ending.Reset => ConnectionEnding.OurReset,
        Ending.None => (gone as SocketException ?? gone.InnerException as SocketException)?.SocketErrorCode switch
        {
            SocketError.ConnectionReset or SocketError.Shutdown => ConnectionEnding.PeerReset,
            null => ConnectionEnding.PeerFin,
            _ => ConnectionEnding.Lost,
        },
        _ => ConnectionEnding.OurFin,
    };

    private void Close(ConnectionEnding how)
    {
        _server.Idle?.End(this);
        try
        {
            if (_ending == Ending.Stopped)
                Drain();
            if (how == ConnectionEnding.OurReset && !Settings.CloseUnread)
                _socket.LingerState = new LingerOption(true, 0);
            else if (how == ConnectionEnding.OurFin && HasUnread)
                how = ConnectionEnding.OurReset; // so the kernel ends what is closed unread
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
        }
        _stream.Dispose();
        // The runtime resets a connection that is closed while another thread is in a call on it, as End may be.
        lock (Place)
            _socket.Dispose();
        _server.Forget(this, how);
    }

    /// <summary>Reads what has come, so that the end of a run makes no reset.</summary>
    public void Drain()
    {
        byte[] rest = new byte[4096];
        for (int all = 0; _socket.Available > 0 && all < 1_000_000; all += rest.Length)
            _ = _socket.Receive(rest);
    }
}
