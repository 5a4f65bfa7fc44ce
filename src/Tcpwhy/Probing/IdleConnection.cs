using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Model;
using SocketError = System.Net.Sockets.SocketError;

namespace Tcpwhy.Probing;

/// <summary>How one connection fared.</summary>
internal enum IdleFate
{
    /// <summary>Still idle, or used and the answer is not in.</summary>
    Open,

    /// <summary>The peer's kernel answered when it was used.</summary>
    Alive,
    Ended,
}

/// <summary>One connection of ours that is kept idle, then used: its end is taken from the kernel's own clock.</summary>
internal sealed class IdleConnection : IDisposable
{
    private const int TcpInfoOption = 11;
    private const int QuickAck = 12;

    // A farewell (HTTP 408, a TLS alert) belongs to the close that follows it.
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(500);

    private readonly Socket _socket;
    private readonly byte[] _heard = new byte[1024];
    private Stream? _stream;
    private long _since;
    private long _used;
    private long _spoke;
    private uint _segmentsBefore;

    private IdleConnection(Socket socket, TimeSpan? useAfter) => (_socket, UseAfter) = (socket, useAfter);

    /// <summary>For how long it is left idle before it is used; null when it is only watched.</summary>
    public TimeSpan? UseAfter { get; }
    public Socket Socket => _socket;
    public IdleFate Fate { get; private set; }

    /// <summary>How it ended; of one that ended only.</summary>
    public IdleEnd How { get; private set; }

    /// <summary>How long it was idle when it ended or was used.</summary>
    public TimeSpan Idle { get; private set; }

    /// <summary>What the peer said when it closed, or null: the first line, or "TLS alert".</summary>
    public string? FarewellWords { get; private set; }

    /// <summary>The reply to the request that came before the idle time, or null.</summary>
    public Reply? First { get; private set; }

    public bool Used => _used != 0;

    /// <summary>How long it has been idle until now.</summary>
    public TimeSpan IdleNow => Stopwatch.GetElapsedTime(_since);

    /// <summary>Whether the answer to its use is awaited.</summary>
    public bool AwaitsAnswer => Used && Fate == IdleFate.Open;

    /// <summary>When it has to be used, counted from now; null when it is not to be.</summary>
    public TimeSpan? DueIn => UseAfter is { } after && !Used ? after - IdleNow : null;

    /// <summary>Connects, and when the target says so encrypts and completes a request; its idle time begins with the last segment of that.</summary>
    /// <exception cref="SocketException">The connection failed.</exception>
    /// <exception cref="IOException">It was closed or reset within TLS or the reply.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">TLS failed.</exception>
    /// <exception cref="InvalidDataException">The reply is no HTTP/1.</exception>
    /// <exception cref="OperationCanceledException">The target's patience ran out, or the search was stopped.</exception>
    public static async Task<IdleConnection> OpenAsync(IdleTarget target, TimeSpan? useAfter, CancellationToken ct)
    {
        var connection = new IdleConnection(target.NewSocket(), useAfter);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(target.Plan.ResponseTimeout);
            await connection.PrepareAsync(target, patience.Token);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Both ends of it, or null when it is closed already.</summary>
    public (Endpoint Local, Endpoint Remote)? Ends() =>
        _socket is { LocalEndPoint: IPEndPoint local, RemoteEndPoint: IPEndPoint remote }
            ? (new Endpoint(local.Address, local.Port), new Endpoint(remote.Address, remote.Port)) : null;

    /// <summary>Sends a keep-alive probe, which a living peer's kernel acknowledges and its program never sees.</summary>
    public void Use()
    {
        _segmentsBefore = ReadInfo().tcpi_segs_in;
        Idle = IdleNow;
        _used = Stopwatch.GetTimestamp();
        _socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 1);
        _socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 20);
        _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        // The timer starts anew at what is left of this second: nothing.
        _socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 1);
    }

    /// <summary>Looks whether its use was answered; silence longer than <paramref name="patience"/> is an end.</summary>
    public void SeekAnswer(TimeSpan patience)
    {
        if (ReadInfo().tcpi_segs_in != _segmentsBefore)
        {
            // A reset is a segment too.
            Hear();
            if (Fate == IdleFate.Open)
                Fate = IdleFate.Alive;
        }
        else if (Stopwatch.GetElapsedTime(_used) >= patience)
            End(IdleEnd.Silence, Idle);
    }

    /// <summary>Takes what the socket has to say; called when it is readable.</summary>
    public void Hear()
    {
        long now = Stopwatch.GetTimestamp();
        try
        {
            int count = _socket.Receive(_heard, SocketFlags.None);
            if (count == 0)
                Closed(now);
            else
                Spoke(now, _heard.AsSpan(0, count));
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.Interrupted)
        {
            // Another look found it first.
        }
        catch (SocketException error)
        {
            if (Used)
                End(error.SocketErrorCode == SocketError.TimedOut ? IdleEnd.Silence : IdleEnd.ResetOnUse, Idle);
            else
                End(IdleEnd.Reset, Stopwatch.GetElapsedTime(_since, now));
        }
    }

    /// <summary>Ends it; one whose peer cannot be reached any more is reset, for its FIN would be sent again for minutes.</summary>
    public void Close(bool abort)
    {
        if (abort)
            _socket.LingerState = new LingerOption(true, 0);
        Dispose();
    }

    public void Dispose()
    {
        _stream = null;
        _socket.Dispose();
    }

    private async Task PrepareAsync(IdleTarget target, CancellationToken ct)
    {
        _stream = await target.ConnectAsync(_socket, ct);
        if (target.Plan.HttpPath is not null)
        {
            await _stream.WriteAsync(target.Request, ct);
            First = await new ReplyReader(_stream).ReadAsync(ct);
            // The idle time of what lies between begins with our last segment: not 40 ms later, with a delayed one.
            _socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, QuickAck, BitConverter.GetBytes(1));
        }
        _socket.Blocking = false;
        Rest();
    }

    // Our process may have been late to see the last segment; the kernel was not.
    private void Rest()
    {
        TcpInfo info = ReadInfo();
        _since = Back(Stopwatch.GetTimestamp(), Math.Min(info.tcpi_last_ack_recv, Math.Min(info.tcpi_last_data_recv, info.tcpi_last_data_sent)));
    }

    private void Closed(long now)
    {
        if (Fate == IdleFate.Ended)
            return;
        // A FIN acknowledges too, and nothing comes after it.
        long came = Math.Max(Back(now, ReadInfo().tcpi_last_ack_recv), _since);
        if (_spoke != 0 && Stopwatch.GetElapsedTime(_spoke, came) < Farewell)
            came = _spoke;
        End(IdleEnd.Fin, Stopwatch.GetElapsedTime(_since, came));
    }

    private void Spoke(long now, ReadOnlySpan<byte> words)
    {
        // What was said before was no farewell, since more came.
        if (_spoke != 0 && Stopwatch.GetElapsedTime(_spoke, now) >= Farewell)
            (_since, _spoke) = (_spoke, 0);
        if (_spoke != 0)
            return;
        _spoke = now;
        FarewellWords = words[0] == 0x15 || words[0] == 0x17 ? "TLS" : System.Text.Encoding.Latin1.GetString(words).Split('\n')[0].TrimEnd('\r');
    }

    /// <summary>Begins the idle time anew when the peer spoke and did not close.</summary>
    public void Settle()
    {
        if (_spoke == 0 || Fate != IdleFate.Open || Stopwatch.GetElapsedTime(_spoke) < Farewell)
            return;
        (_since, _spoke, FarewellWords) = (_spoke, 0, null);
    }

    private void End(IdleEnd how, TimeSpan idle)
    {
        if (Fate == IdleFate.Ended)
            return;
        (Fate, How, Idle) = (IdleFate.Ended, how, idle);
        if (how != IdleEnd.Fin)
            FarewellWords = null;
    }

    private TcpInfo ReadInfo()
    {
        Span<byte> bytes = stackalloc byte[TcpInfo.Size];
        int size = _socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, TcpInfoOption, bytes);
        return TcpInfo.Read(bytes[..size]);
    }

    private static long Back(long now, uint milliseconds) => now - (milliseconds * Stopwatch.Frequency / 1000);
}
