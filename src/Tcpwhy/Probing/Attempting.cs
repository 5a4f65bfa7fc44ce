using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Tcpwhy.Attempts;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Sockets;
using Tcpwhy.Model;

namespace Tcpwhy.Probing;

/// <summary>One attempt while it is made: a connection is opened, taken through the stages that the plan asks for, and closed.</summary>
internal sealed class Attempting(ProbePlan plan, Endpoint remote, TimeProvider time) : IDisposable
{
    // What is left unread makes the kernel end the connection with a reset, which the server would count as an error.
    private static readonly TimeSpan Draining = TimeSpan.FromMilliseconds(200);
    private readonly Socket _socket = plan.Socket.Open(remote.Address.AddressFamily);
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly DateTimeOffset _time = time.GetUtcNow();
    private FirstBytes? _plain;
    private Endpoint _local = Endpoint.None;
    private AttemptStage _stage = AttemptStage.Connect;
    private AcceptedOptions? _options;
    private SocketReading? _atAnswer;
    private TlsSession? _session;
    private TimeSpan? _connect, _tls, _firstByte;
    private long _sent, _received, _lastTraffic;
    private HttpAnswer? _answer;

    /// <summary>Whether the handshake of TCP is over, well or not.</summary>
    public bool IsPastConnect { get; private set; }

    /// <summary>Makes it; every error of the network is an outcome.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public async Task<Attempt> MakeAsync(CancellationToken stop)
    {
        try
        {
            return await StagesAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return OutOfPatience();
        }
        catch (Exception error) when (error is SocketException or IOException or AuthenticationException)
        {
            return error.GetBaseException() is SocketException refused ? Refused(refused.NativeErrorCode) : BadTls(error);
        }
        finally
        {
            IsPastConnect = true;
        }
    }

    public void Dispose()
    {
        _plain?.Dispose();
        _socket.Dispose();
    }

    private async Task<Attempt> StagesAsync(CancellationToken stop)
    {
        if (!await ConnectAsync(stop).ConfigureAwait(false))
            return OutOfPatience();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(plan.ResponseTimeout);
        Stream stream = _plain = new FirstBytes(_socket);
        if (plan.Tls)
            stream = await SecureAsync(stream, patience.Token).ConfigureAwait(false);
        Attempt attempt = plan.HttpPath is { } path ? await AskAsync(stream, path, patience.Token).ConfigureAwait(false)
            : plan.Tls ? Ended(AttemptOutcome.Ok)
            : await ListenAsync(stream, stop).ConfigureAwait(false);
        if (stream is SslStream secure && attempt.IsOk)
            await secure.ShutdownAsync().ConfigureAwait(false);
        await DrainAsync(attempt).ConfigureAwait(false);
        return attempt;
    }

    private async Task<bool> ConnectAsync(CancellationToken stop)
    {
        // On a thread of its own, which the kernel wakes itself: through .NET's event loop a handshake of 50 µs took 500 (seen).
        Task<TimeSpan> connecting = Task.Factory.StartNew(Connect, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        // Not by a token: .NET would close the socket, and what the kernel knows of it would be lost.
        if (await Task.WhenAny(connecting, Task.Delay(plan.ConnectTimeout, time, stop)).ConfigureAwait(false) != connecting)
        {
            _local = Local();
            Forget(connecting);
            stop.ThrowIfCancellationRequested();
            return false;
        }
        _local = Local();
        _connect = await connecting.ConfigureAwait(false);
        _lastTraffic = Stopwatch.GetTimestamp();
        _options = AcceptedOptions.Of(_socket);
        IsPastConnect = true;
        return true;
    }

    private TimeSpan Connect()
    {
        long began = Stopwatch.GetTimestamp();
        _socket.Connect(new IPEndPoint(remote.Address, remote.Port));
        return Stopwatch.GetElapsedTime(began);
    }

    // Closing the socket makes it fail, which nobody waits for.
    private static void Forget(Task task) =>
        _ = task.ContinueWith(static failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private async Task<SslStream> SecureAsync(Stream stream, CancellationToken patience)
    {
        _stage = AttemptStage.Tls;
        X509Certificate2? certificate = null;
        SslPolicyErrors errors = SslPolicyErrors.None;
        var secure = new SslStream(stream, leaveInnerStreamOpen: true);
        long began = Stopwatch.GetTimestamp();
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = plan.Target.Host,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            // Nothing is fetched that was not asked for.
            CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
#pragma warning disable CA5359 // A certificate is reported on, not relied on: nothing secret is sent.
            RemoteCertificateValidationCallback = (_, given, _, found) =>
            {
                (certificate, errors) = (given as X509Certificate2, found);
                return true;
            },
#pragma warning restore CA5359
        }, patience).ConfigureAwait(false);
        _tls = Stopwatch.GetElapsedTime(began);
        _session = TlsSession.Of(secure, certificate, errors, time.GetUtcNow());
        return secure;
    }

    private async Task<Attempt> AskAsync(Stream stream, string path, CancellationToken patience)
    {
        _stage = AttemptStage.Request;
        byte[] request = HttpAnswer.Request(plan.Target, path, plan.Tls);
        long began = Stopwatch.GetTimestamp();
        await stream.WriteAsync(request, patience).ConfigureAwait(false);
        _sent = request.Length;
        _lastTraffic = Stopwatch.GetTimestamp();
        _stage = AttemptStage.Response;
        _answer = new HttpAnswer();
        while (!_answer.IsComplete)
        {
            int read = await ReadAsync(stream, patience).ConfigureAwait(false);
            _firstByte ??= Stopwatch.GetElapsedTime(began);
            SocketReading now = SocketReading.Of(_socket);
            // Before the server closes: what is shown is a connection at work.
            if (_atAnswer is null || now.State == TcpState.Established)
                _atAnswer = now;
            if (read == 0)
            {
                if (_answer.HasHeader && _answer.BodyLength is null)
                    break;
                _firstByte = _received == 0 ? null : _firstByte;
                return Ended(AttemptOutcome.Closed, peerClosed: true);
            }
            _answer.Take(_buffer.AsSpan(0, read));
            if (_answer.IsSomethingElse)
                return _plain is { IsTls: true } && !plan.Tls ? Ended(AttemptOutcome.WantsTls) : Ended(AttemptOutcome.NotHttp, detail: _answer.Text);
            // Without a length the body goes on until the server closes: the header is answer enough.
            if (_answer.HasHeader && _answer.BodyLength is null)
                break;
        }
        return Ended(AttemptOutcome.Ok);
    }

    // Many protocols wait for the client to speak; one that resets or closes at once wants nothing of us.
    private async Task<Attempt> ListenAsync(Stream stream, CancellationToken stop)
    {
        _stage = AttemptStage.Response;
        long began = Stopwatch.GetTimestamp();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(plan.Listening);
        try
        {
            if (await ReadAsync(stream, patience.Token).ConfigureAwait(false) == 0)
                return Ended(AttemptOutcome.Closed, peerClosed: true);
            _firstByte = Stopwatch.GetElapsedTime(began);
            return Ended(AttemptOutcome.Ok, detail: _plain?.Text);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return Ended(AttemptOutcome.Ok);
        }
    }

    private async ValueTask<int> ReadAsync(Stream stream, CancellationToken patience)
    {
        int read = await stream.ReadAsync(_buffer, patience).ConfigureAwait(false);
        _received += read;
        _lastTraffic = Stopwatch.GetTimestamp();
        return read;
    }

    private async Task DrainAsync(Attempt attempt)
    {
        if (!attempt.IsOk)
            return;
        using var patience = new CancellationTokenSource(Draining);
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
            // A server that speaks without end is left after a second buffer.
            for (int reads = 0; reads < 64 && await _socket.ReceiveAsync(_buffer, patience.Token).ConfigureAwait(false) > 0; reads++)
            {
            }
        }
        catch (Exception end) when (end is SocketException or OperationCanceledException)
        {
            // The attempt has succeeded; how the peer takes leave is its own affair.
        }
    }

    private Attempt OutOfPatience() => _stage switch
    {
        AttemptStage.Connect => Ended(AttemptOutcome.Timeout, timedOut: true),
        _ => Ended(AttemptOutcome.NoAnswer, timedOut: true, detail: Progressed()),
    };

    private Attempt Refused(int errno) => Ended(errno switch
    {
        Errno.ECONNREFUSED => AttemptOutcome.Refused,
        Errno.ECONNRESET or Errno.EPIPE or Errno.ECONNABORTED => AttemptOutcome.Reset,
        Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.ENETDOWN => AttemptOutcome.Unreachable,
        Errno.ETIMEDOUT => _stage == AttemptStage.Connect ? AttemptOutcome.Timeout : AttemptOutcome.NoAnswer,
        _ => AttemptOutcome.Error,
    }, errno: errno);

    private Attempt BadTls(Exception error) =>
        _plain is not { Received: > 0 } ? Ended(AttemptOutcome.Closed, peerClosed: true)
        : !_plain.IsTls ? Ended(AttemptOutcome.NotTls, detail: _plain.Text)
        : _plain.Alert is { } alert ? Ended(AttemptOutcome.TlsAlert, detail: TlsAlert.Name(alert))
        : error is IOException ? Ended(AttemptOutcome.Closed, peerClosed: true)
        : Ended(AttemptOutcome.TlsFailed, detail: error.GetBaseException().Message);

    private string? Progressed() =>
        _answer is { HasHeader: true, BodyLength: { } length } ? $"{_answer.BodyReceived}/{length}" : null;

    private Attempt Ended(AttemptOutcome outcome, int errno = 0, bool timedOut = false, bool peerClosed = false, string? detail = null)
    {
        SocketReading reading = outcome == AttemptOutcome.Ok && _atAnswer is not null ? _atAnswer : SocketReading.Of(_socket);
        bool ofTcp = outcome is AttemptOutcome.Refused or AttemptOutcome.Reset or AttemptOutcome.Unreachable or AttemptOutcome.Timeout
            or AttemptOutcome.NoAnswer or AttemptOutcome.Closed or AttemptOutcome.Error;
        return new Attempt
        {
            Time = _time,
            Remote = remote,
            Local = _local,
            Outcome = outcome,
            Stage = _stage,
            Errno = errno,
            Detail = detail ?? (peerClosed ? Progressed() : null),
            Connect = _connect,
            Tls = _tls,
            FirstByte = _firstByte,
            Options = _options,
            Socket = reading,
            Session = _session,
            HttpStatus = _answer is { Status: > 0 } answer ? answer.Status : null,
            Failure = !ofTcp ? null : new FailedAttempt
            {
                Time = time.GetUtcNow(),
                Stage = _stage,
                Local = _local,
                Remote = remote,
                Errno = errno,
                TimedOut = timedOut,
                PeerClosed = peerClosed,
                SinceTraffic = _lastTraffic == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_lastTraffic),
                Sample = reading.Sample,
                BytesSent = _sent,
                BytesReceived = _received,
            },
        };
    }

    private Endpoint Local()
    {
        if (SocketOptions.LocalEnd(_socket.SafeHandle) is not { } end)
            return Endpoint.None;
        var local = new Endpoint(end.Address, end.Port);
        return local.IsAnyAddress ? local with { Address = SourceAddress() ?? local.Address } : local;
    }

    // A refused socket has lost its address and kept its port; the route that it took has not changed. Nothing is sent.
    private IPAddress? SourceAddress()
    {
        try
        {
            using var route = new Socket(remote.Address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            route.Connect(new IPEndPoint(remote.Address, remote.Port));
            return (route.LocalEndPoint as IPEndPoint)?.Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
