using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tcpwhy.Attempts;
using Tcpwhy.Kernel;
using Tcpwhy.Model;

namespace Tcpwhy.Probing;

/// <summary>What became of the second request.</summary>
internal enum ReuseFate
{
    Answered,
    Noticed,
    Closed,
    Reset,
    Silent,
}

/// <summary>One kept connection: a first request, an idle time, a second request.</summary>
internal sealed class ReusePair : IDisposable
{
    private readonly IdleTarget _target;
    private readonly Socket _socket;
    private Stream _stream = Stream.Null;
    private ReplyReader? _replies;
    private long _since;
    private Exception? _refused;
    private bool _noticed;
    private int _sent;

    private ReusePair(IdleTarget target, ReuseWhen when, TimeSpan idle)
    {
        (_target, When, Idle) = (target, when, idle);
        _socket = target.NewSocket();
    }

    public ReuseWhen When { get; }

    /// <summary>The idle time that is wanted; when the second request was due, the one that it was.</summary>
    public TimeSpan Idle { get; private set; }

    /// <summary>When the second request is due, as <see cref="Stopwatch"/> counts.</summary>
    public long Due => _since + (long)(Idle.TotalSeconds * Stopwatch.Frequency);

    /// <summary>What it met when the second request was lost, or null.</summary>
    public FailedAttempt? Failure { get; private set; }

    /// <summary>Connects and makes the first request; throws what <see cref="IdleTarget.IsFailure"/> knows.</summary>
    public static async Task<ReusePair> OpenAsync(IdleTarget target, ReuseWhen when, TimeSpan idle, CancellationToken ct)
    {
        var pair = new ReusePair(target, when, idle);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(target.Plan.ResponseTimeout);
            pair._stream = await target.ConnectAsync(pair._socket, patience.Token);
            pair._replies = new ReplyReader(pair._stream);
            byte[] request = target.Request;
            await pair._stream.WriteAsync(request, patience.Token);
            pair._sent = request.Length;
            Reply reply = await pair._replies.ReadAsync(patience.Token);
            if (reply.Closes)
                throw new InvalidDataException("the service closes each connection after its reply: there is none to reuse");
            pair._since = Stopwatch.GetTimestamp();
            return pair;
        }
        catch
        {
            pair.Dispose();
            throw;
        }
    }

    /// <summary>Sends the second request now. One that looks first (all but <see cref="ReuseWhen.After"/>) sends nothing on a connection that was closed.</summary>
    public void Send()
    {
        Idle = Stopwatch.GetElapsedTime(_since);
        if (When != ReuseWhen.After && _socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            _noticed = true;
            return;
        }
        try
        {
            byte[] request = _target.Request;
            _stream.Write(request);
            _sent += request.Length;
        }
        catch (IOException refused)
        {
            _refused = refused;
        }
    }

    /// <summary>Waits for the answer to the second request, as long as the plan allows.</summary>
    public async Task<ReuseFate> FateAsync(DateTimeOffset now, CancellationToken ct)
    {
        if (_noticed)
            return ReuseFate.Noticed;
        if (_refused is not null)
            return Lost(_refused, AttemptStage.Request, now);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(_target.Plan.ResponseTimeout);
            await _replies!.ReadAsync(patience.Token);
            return ReuseFate.Answered;
        }
        catch (Exception error) when (IdleTarget.IsFailure(error) && !ct.IsCancellationRequested)
        {
            return Lost(error, AttemptStage.Response, now);
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private ReuseFate Lost(Exception error, AttemptStage stage, DateTimeOffset now)
    {
        int errno = error.GetBaseException() is SocketException refused ? refused.NativeErrorCode : 0;
        ReuseFate fate = error is OperationCanceledException || errno == Errno.ETIMEDOUT ? ReuseFate.Silent : errno == 0 ? ReuseFate.Closed : ReuseFate.Reset;
        TcpSample sample = SocketReading.Of(_socket).Sample;
        Failure = new FailedAttempt
        {
            Time = now,
            Stage = stage,
            Local = _socket.LocalEndPoint is IPEndPoint local ? new Endpoint(local.Address, local.Port) : Endpoint.None,
            Remote = _target.Remote,
            Errno = errno,
            TimedOut = error is OperationCanceledException,
            PeerClosed = fate == ReuseFate.Closed,
            SinceTraffic = Idle,
            Sample = sample,
            BytesSent = _sent,
            BytesReceived = sample.BytesReceived,
        };
        return fate;
    }
}
