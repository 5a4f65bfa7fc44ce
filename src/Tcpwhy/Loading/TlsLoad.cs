using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Tcpwhy.Attempts;
using Tcpwhy.Kernel;

namespace Tcpwhy.Loading;

/// <summary>Connections with TLS, which .NET's own stream makes: slower than the event loop, and each has its task.</summary>
internal sealed class TlsLoad : ILoadPart
{
    private static readonly TimeSpan rest = TimeSpan.FromMilliseconds(10);
    private readonly LoadPlan _plan;
    private readonly Schedule _schedule;
    private readonly Action<FailedAttempt> _onFailure;
    private readonly TimeProvider _time;
    private readonly SslClientAuthenticationOptions _tls;
    private readonly Lock _gate = new();
    private readonly LoadCounts _counts = new();
    private readonly TimeSpan _cpu = Cost.Read().Cpu;
    private Task _work = Task.CompletedTask;
    private long _start;
    private long _end;
    private long _begun;

    public TlsLoad(LoadPlan plan, Action<FailedAttempt> onFailure, TimeProvider time)
    {
        (_plan, _onFailure, _time) = (plan, onFailure, time);
        _schedule = new Schedule(plan.Rate, plan.Ramp, 1, 0);
        _tls = new SslClientAuthenticationOptions { TargetHost = plan.TlsName };
        if (plan.TrustAnyone)
        {
#pragma warning disable CA5359 // it was asked for by --insecure
            _tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
    }

    public bool Ended => _work.IsCompleted;

    public bool AllOpened => true;

    public string? Trouble => null;

    public void Prepare()
    {
    }

    public long MemoryBytes() => 0;

    public void Start(long start, CancellationToken stop)
    {
        _start = start;
        _work = Task.WhenAll(Enumerable.Range(0, _plan.Connections).Select(turn => Task.Run(() => RunAsync(turn, stop), CancellationToken.None)));
    }

    public void EndAt(long time) => _end = time;

    public void AddTo(LoadCounts sum)
    {
        if (_work.IsFaulted)
            _work.GetAwaiter().GetResult();
        lock (_gate)
        {
            _counts.Cpu = Cost.Read().Cpu - _cpu;
            sum.Add(_counts);
        }
    }

    public void Dispose() => _work.ContinueWith(_ => { }, TaskScheduler.Default).Wait();

    private long Now() => Stopwatch.GetTimestamp() - _start;

    // One place of the load: it takes attempt after attempt, on one connection as long as it serves.
    private async Task RunAsync(int turn, CancellationToken stop)
    {
        TlsConnection? connection = null;
        try
        {
            if (!_schedule.Exists && _plan.Ramp > TimeSpan.Zero)
                await Task.Delay(_plan.Ramp * turn / _plan.Connections, stop);
            while (TakeAttempt() is { } due)
            {
                if (due > Now())
                    await Task.Delay(TimeSpan.FromTicks((due - Now()) / 100), stop);
                connection = await AttemptAsync(connection, due, stop);
                if (connection is null)
                    continue;
                if (connection.Answer.Closes || connection.Requests == _plan.PerConnection)
                    connection = Close(connection);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            lock (_gate)
                _counts.Unfinished++;
        }
        finally
        {
            if (connection is not null)
                Close(connection);
        }
    }

    private long? TakeAttempt()
    {
        lock (_gate)
        {
            long due = _schedule.Exists ? _schedule.TimeOf(_begun) : Now();
            if (due > _end || Now() >= _end || (_plan.Count > 0 && _begun >= _plan.Count))
                return null;
            _begun++;
            return due;
        }
    }

    private async Task<TlsConnection?> AttemptAsync(TlsConnection? connection, long due, CancellationToken stop)
    {
        AttemptStage stage = AttemptStage.Connect;
        bool fresh = connection is null;
        connection ??= new TlsConnection(_plan, Now());
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            if (fresh)
            {
                lock (_gate)
                    _counts.Opened++;
                patience.CancelAfter(_plan.ConnectTimeout);
                await connection.ConnectAsync(_plan, patience.Token);
                lock (_gate)
                {
                    _counts.Connected++;
                    _counts.Connect.Record(Now() - connection.Opened);
                    _counts.MostActive = Math.Max(_counts.MostActive, ++_counts.Active);
                }
                stage = AttemptStage.Tls;
                patience.CancelAfter(_plan.ConnectTimeout);
                await connection.Stream.AuthenticateAsClientAsync(_tls, patience.Token);
            }
            patience.CancelAfter(_plan.AnswerTimeout);
            stage = AttemptStage.Request;
            await connection.SendAsync(_plan.Request, patience.Token);
            stage = AttemptStage.Response;
            AnswerProgress progress = await connection.ReceiveAsync(patience.Token);
            if (progress == AnswerProgress.Complete)
                return Answered(connection, due, fresh);
            if (progress == AnswerProgress.Malformed)
                Fail(connection, () => _counts.Malformed++);
            else
                Fail(connection, stage, 0, peerClosed: true);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            Fail(connection, stage, 0, timedOut: true);
        }
        catch (AuthenticationException)
        {
            Fail(connection, () => _counts.TlsFailed++);
        }
        catch (SocketException refused)
        {
            Fail(connection, stage, refused.NativeErrorCode);
        }
        catch (IOException broken) when (broken.InnerException is SocketException refused)
        {
            Fail(connection, stage, refused.NativeErrorCode);
        }
        catch (IOException)
        {
            // In a handshake: what came is no TLS, or the peer ended it. Later: the peer ended it.
            if (stage == AttemptStage.Tls && connection.HasBytes())
                Fail(connection, () => _counts.TlsFailed++);
            else
                Fail(connection, stage, 0, peerClosed: true);
        }
        catch
        {
            Close(connection);
            throw;
        }
        await Task.Delay(rest, stop);
        return null;
    }

    private TlsConnection Answered(TlsConnection connection, long due, bool fresh)
    {
        long now = Now();
        lock (_gate)
        {
            _counts.Requests++;
            _counts.Succeeded++;
            if (now <= _end)
                _counts.RequestsInTime++;
            _counts.ServerErrors += connection.Answer.Status >= 500 ? 1 : 0;
            _counts.ClientErrors += connection.Answer.Status is >= 400 and < 500 ? 1 : 0;
            _counts.Elapsed = TimeSpan.FromTicks(now / 100);
            _counts.Latency.Record(now - due);
            if (_counts.Slowest.Wants(now - due))
                _counts.Slowest.Add(new SlowAttempt(TimeSpan.FromTicks(due / 100), TimeSpan.FromTicks((now - due) / 100), TimeSpan.Zero, connection.Local, fresh));
            Count(connection);
        }
        return connection;
    }

    private void Fail(TlsConnection connection, AttemptStage stage, int errno, bool timedOut = false, bool peerClosed = false)
    {
        FailedAttempt failed = new()
        {
            Time = _time.GetUtcNow(),
            Stage = stage,
            Local = connection.Local,
            Remote = _plan.Target,
            Errno = errno,
            TimedOut = timedOut,
            PeerClosed = peerClosed,
            SinceTraffic = stage == AttemptStage.Connect ? TimeSpan.Zero : connection.IdleBefore,
            Sample = connection.Sample(),
            BytesSent = connection.Sent,
            BytesReceived = connection.Received,
        };
        Fail(connection, () =>
        {
            _counts.PortsMissing += errno == Errno.EADDRNOTAVAIL ? 1 : 0;
            _counts.DescriptorsMissing += errno is Errno.EMFILE or Errno.ENFILE ? 1 : 0;
        });
        _onFailure(failed);
    }

    private void Fail(TlsConnection connection, Action count)
    {
        lock (_gate)
        {
            _counts.Failed++;
            _counts.Elapsed = TimeSpan.FromTicks(Now() / 100);
            Count(connection);
            count();
        }
        Close(connection);
    }

    private void Count(TlsConnection connection)
    {
        _counts.BytesSent += connection.Sent - connection.CountedSent;
        _counts.BytesReceived += connection.Received - connection.CountedReceived;
        (connection.CountedSent, connection.CountedReceived) = (connection.Sent, connection.Received);
    }

    private TlsConnection? Close(TlsConnection connection)
    {
        lock (_gate)
        {
            if (connection.IsConnected)
                _counts.Active--;
            if (connection.IsConnected && _counts.Sockets.Wants() && connection.Info() is { } info)
                _counts.Sockets.Add(info);
        }
        connection.Dispose();
        return null;
    }
}
