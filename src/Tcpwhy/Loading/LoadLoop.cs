using System.Diagnostics;
using System.Net;
using Tcpwhy.Attempts;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Kernel.Sockets;
using Tcpwhy.Model;

namespace Tcpwhy.Loading;

/// <summary>One thread of a load: an event loop over its share of the connections. On the way of a good attempt nothing is allocated, and no call to the kernel is made that can be spared.</summary>
internal sealed class LoadLoop : IDisposable
{
    /// <summary>A place whose attempt failed rests for this long: a refusal comes in microseconds, and a load of refusals would measure nothing.</summary>
    private const long Rest = 10_000_000;
    private const long LongestWait = 100_000_000;
    private const long AtOnce = 200_000;
    private readonly LoadPlan _plan;
    private readonly Schedule _schedule;
    private readonly long _quota;
    private readonly int _capacity;
    private readonly Action<FailedAttempt> _onFailure;
    private readonly TimeProvider _time;
    private readonly ConnectionTable _connections;
    private readonly SocketSet _sockets;
    private readonly RawAddress _target;
    private readonly RawAddress?[] _sources;
    private readonly Ready[] _ready;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Dictionary<int, byte[]> _heads = [];
    private readonly long _connectTimeout;
    private readonly long _answerTimeout;
    private long _start;
    private long _end;
    private long _begun;
    private bool _ending;

    // Whether the last connection was there when connect returned, as on loopback: then the first bytes go at once.
    private bool _eager = true;

    /// <param name="capacity">How many connections this loop has open at once.</param>
    /// <param name="quota">How many attempts it makes; <see cref="long.MaxValue"/> is no limit.</param>
    public LoadLoop(LoadPlan plan, int capacity, long quota, Schedule schedule, int firstSource, Action<FailedAttempt> onFailure, TimeProvider time)
    {
        (_plan, _capacity, _quota, _schedule, _onFailure, _time) = (plan, capacity, quota, schedule, onFailure, time);
        _connections = new ConnectionTable(capacity);
        _sockets = new SocketSet(capacity);
        _ready = new Ready[_sockets.Batch];
        _target = new RawAddress(plan.Target.Address, plan.Target.Port);
        _sources = plan.Sources.Count == 0 ? [null] : new RawAddress?[plan.Sources.Count];
        for (int i = 0; i < plan.Sources.Count; i++)
            _sources[i] = new RawAddress(plan.Sources[(i + firstSource) % plan.Sources.Count], 0);
        _connectTimeout = (long)plan.ConnectTimeout.TotalNanoseconds;
        _answerTimeout = (long)plan.AnswerTimeout.TotalNanoseconds;
    }

    public LoadCounts Counts { get; } = new();

    /// <summary>When no more attempts are begun, in nanoseconds from the start; with held connections, when they are closed. May be set from another thread while the loop runs.</summary>
    public long End
    {
        get => Volatile.Read(ref _end);
        set => Volatile.Write(ref _end, value);
    }

    /// <summary>Whether every connection that shall be held has had its outcome.</summary>
    public bool AllOpened { get; private set; }

    /// <summary>Runs to the end of the load.</summary>
    /// <param name="start">The moment of <see cref="Stopwatch"/> from which the load's time counts.</param>
    public void Run(long start, CancellationToken stop)
    {
        _start = start;
        TimeSpan cpu = Clock.ThreadCpu();
        long now = Now();
        while (!stop.IsCancellationRequested)
        {
            if (!_ending && now >= End)
                EndBegins();
            Expire(now);
            if (!_ending)
                Begin(now);
            if (IsDone(now))
                break;
            int count = _sockets.Wait(_ready, TimeSpan.FromTicks(Patience(Now()) / 100));
            for (int i = 0; i < count; i++)
                Handle(_ready[i]);
            now = Now();
            Counts.Cpu = Clock.ThreadCpu() - cpu;
        }
        if (!_ending)
            Counts.RequestsInTime = Counts.Requests;
        Counts.Unfinished = _connections.Count(Standing.Connecting) + _connections.Count(Standing.Asking);
        CloseAll();
        Counts.Cpu = Clock.ThreadCpu() - cpu;
    }

    public void Dispose() => _sockets.Dispose();

    private void EndBegins()
    {
        _ending = true;
        Counts.RequestsInTime = Counts.Requests;
        // What was due and found no connection free was never begun; latency does not show it.
        long due = _begun;
        while (_schedule.Exists && !_plan.Hold && due < _quota && _schedule.TimeOf(due) <= End)
            due++;
        Counts.NeverBegun = due - _begun;
    }

    private long Now() => Stopwatch.GetTimestamp() - _start;

    private int Busy => _connections.Count(Standing.Connecting) + _connections.Count(Standing.Asking);

    private bool QuotaIsSpent => _begun >= _quota;

    private bool IsDone(long now)
    {
        if (_plan.Hold && !AllOpened)
            AllOpened = QuotaIsSpent && Busy == 0;
        if (Busy > 0)
            return false;
        return _ending || (QuotaIsSpent && !_plan.Hold);
    }

    // Attempts that are due take a connection that stands idle, or open one.
    private void Begin(long now)
    {
        int allowed = _schedule.Exists || _plan.Ramp == TimeSpan.Zero ? _capacity
            : (int)Math.Min(_capacity, 1 + (_capacity * (now / _plan.Ramp.TotalNanoseconds)));
        while (!QuotaIsSpent && IsDue(now))
        {
            int slot = _connections.Oldest(Standing.Idle);
            if (slot >= 0)
            {
                Ask(slot, now);
                continue;
            }
            slot = _connections.Oldest(Standing.Free);
            if (slot < 0 || _capacity - _connections.Count(Standing.Free) >= allowed)
                return;
            Open(slot, now);
            now = Now();
        }
    }

    private bool IsDue(long now) => !_schedule.Exists || _schedule.TimeOf(_begun) <= now;

    private long TakeAttempt(long now)
    {
        long due = _schedule.Exists ? _schedule.TimeOf(_begun) : now;
        _begun++;
        return due;
    }

    private void Open(int slot, long now)
    {
        ref Connection connection = ref _connections[slot];
        connection.Opened = connection.LastTraffic = now;
        connection.Due = TakeAttempt(now);
        connection.Sent = connection.Received = 0;
        connection.SentOfRequest = connection.Requests = 0;
        connection.Answer = default;
        connection.RawLeft = _plan.AnswerBytes;
        _connections.Move(slot, Standing.Connecting, now);
        Counts.Opened++;
        int error = _sockets.Open(slot, _target, _sources[slot % _sources.Length], _plan.Settings);
        if (error < 0)
        {
            Fail(slot, AttemptStage.Connect, -error);
            return;
        }
        if (_eager && BeginEagerly(slot))
            return;
        error = _sockets.Watch(slot, writing: true, again: false);
        if (error < 0)
            Fail(slot, AttemptStage.Connect, -error);
    }

    // On loopback the handshake is over when connect returns: what comes next need not wait for epoll.
    private bool BeginEagerly(int slot)
    {
        long now = Now();
        if (_plan.Request.Length == 0)
        {
            if (!_sockets.IsConnected(slot))
                return _eager = false;
            Established(slot, now);
            Settle(slot, now, watched: false);
            return true;
        }
        int sent = _sockets.Send(slot, _plan.Request);
        if (sent == -Errno.EAGAIN)
            return _eager = false;
        if (sent < 0)
        {
            Fail(slot, AttemptStage.Connect, -sent);
            return true;
        }
        Established(slot, now);
        Account(ref _connections[slot], sent);
        _connections.Move(slot, Standing.Asking, now);
        int error = _sockets.Watch(slot, writing: sent < _plan.Request.Length, again: false);
        if (error < 0)
            Fail(slot, AttemptStage.Request, -error);
        return true;
    }

    private void Established(int slot, long now)
    {
        Counts.Connected++;
        Counts.Connect.Record(now - _connections[slot].Opened);
        if (++Counts.Active > Counts.MostActive)
            Counts.MostActive = Counts.Active;
    }

    // A connection on which nothing is sent has reached its end.
    private void Settle(int slot, long now, bool watched)
    {
        Succeed(slot, now);
        if (!_plan.Hold)
        {
            Close(slot, Standing.Free, now);
            return;
        }
        _connections.Move(slot, Standing.Held, now);
        int error = watched ? 0 : _sockets.Watch(slot, writing: false, again: false);
        if (error < 0)
            Fail(slot, AttemptStage.Connect, -error);
    }

    private void Handle(Ready ready)
    {
        int slot = ready.Slot;
        switch (_connections[slot].Standing)
        {
            case Standing.Connecting when ready.Writable:
                int error = ready.Ended ? _sockets.TakeError(slot) : 0;
                if (error < 0)
                {
                    Fail(slot, AttemptStage.Connect, -error);
                    return;
                }
                long now = Now();
                Established(slot, now);
                _eager = now - _connections[slot].Opened < AtOnce;
                if (_plan.Request.Length == 0)
                    Settle(slot, now, watched: true);
                else
                    Send(slot, now);
                break;
            case Standing.Asking:
                if (ready.Writable && _connections[slot].SentOfRequest < _plan.Request.Length && !Continue(slot))
                    return;
                if (ready.Readable)
                    Receive(slot, ready.Ended);
                break;
            case Standing.Idle when ready.Readable:
                // The peer may end a connection between two requests; bytes that nobody asked for make it useless.
                Counts.ClosedIdle++;
                Close(slot, Standing.Free, Now());
                break;
            case Standing.Held when ready.Readable:
                Lose(slot);
                break;
        }
    }

    // A held connection ended, or has bytes, which are read and let go.
    private void Lose(int slot)
    {
        int received;
        while ((received = _sockets.Receive(slot, _buffer)) > 0)
        {
            _connections[slot].Received += received;
            Counts.BytesReceived += received;
        }
        if (received == -Errno.EAGAIN)
            return;
        Counts.Succeeded--;
        Fail(slot, AttemptStage.Idle, -received, peerClosed: received == 0);
    }

    private void Ask(int slot, long now)
    {
        ref Connection connection = ref _connections[slot];
        connection.Due = TakeAttempt(now);
        connection.Answer = default;
        connection.RawLeft = _plan.AnswerBytes;
        connection.SentOfRequest = 0;
        Send(slot, now);
    }

    private void Send(int slot, long now)
    {
        _connections.Move(slot, Standing.Asking, now);
        Continue(slot);
    }

    // Sends what the socket takes; false when the attempt failed.
    private bool Continue(int slot)
    {
        ref Connection connection = ref _connections[slot];
        int sent = _sockets.Send(slot, _plan.Request.AsSpan(connection.SentOfRequest));
        if (sent < 0 && sent != -Errno.EAGAIN)
        {
            // A server that answers early and closes has often sent its answer already; only the peer's word tells.
            Fail(slot, AttemptStage.Request, -sent);
            return false;
        }
        if (sent > 0)
            Account(ref connection, sent);
        if (connection.SentOfRequest < _plan.Request.Length && _sockets.Watch(slot, writing: true, again: true) < 0)
        {
            Fail(slot, AttemptStage.Request, Errno.EINVAL);
            return false;
        }
        return true;
    }

    private void Account(ref Connection connection, int sent)
    {
        connection.SentOfRequest += sent;
        connection.Sent += sent;
        Counts.BytesSent += sent;
    }

    private void Receive(int slot, bool ended)
    {
        ref Connection connection = ref _connections[slot];
        while (true)
        {
            int kept = 0;
            if (_heads.Count > 0 && _heads.Remove(slot, out byte[]? head))
            {
                head.CopyTo(_buffer, 0);
                kept = head.Length;
            }
            int received = _sockets.Receive(slot, _buffer.AsSpan(kept));
            if (received <= 0)
            {
                if (kept > 0)
                    _heads[slot] = _buffer[..kept];
                if (received == -Errno.EAGAIN)
                    return;
                if (received == 0 && connection.Answer.EndsWithConnection)
                    Answered(slot, reusable: false);
                else
                    Fail(slot, AttemptStage.Response, -received, peerClosed: received == 0);
                return;
            }
            Counts.BytesReceived += received;
            connection.Received += received;
            AnswerProgress progress = Take(ref connection, _buffer.AsSpan(0, kept + received), out int used);
            switch (progress)
            {
                case AnswerProgress.Complete:
                    Answered(slot, reusable: !ended && used == kept + received && connection.SentOfRequest == _plan.Request.Length);
                    return;
                case AnswerProgress.Malformed:
                    Counts.Malformed++;
                    Fail(slot);
                    return;
                case AnswerProgress.HeadIncomplete when used < kept + received:
                    _heads[slot] = _buffer[used..(kept + received)];
                    break;
            }
            // A short read has emptied the socket; but behind the data an end may stand.
            if (kept + received < _buffer.Length && !ended)
                return;
        }
    }

    private AnswerProgress Take(ref Connection connection, ReadOnlySpan<byte> data, out int used)
    {
        if (_plan.Protocol == LoadProtocol.Http)
            return connection.Answer.Take(data, out used);
        used = data.Length;
        connection.RawLeft -= data.Length;
        return connection.RawLeft > 0 ? AnswerProgress.Incomplete : AnswerProgress.Complete;
    }

    private void Answered(int slot, bool reusable)
    {
        ref Connection connection = ref _connections[slot];
        long now = Now();
        Counts.Requests++;
        if (connection.Answer.Status >= 500)
            Counts.ServerErrors++;
        else if (connection.Answer.Status >= 400)
            Counts.ClientErrors++;
        Succeed(slot, now);
        connection.LastTraffic = now;
        connection.Requests++;
        bool last = !reusable || connection.Answer.Closes || connection.Requests == _plan.PerConnection;
        if (_plan.Hold && !last)
            _connections.Move(slot, Standing.Held, now);
        else if (last)
            Close(slot, Standing.Free, now);
        else if (!QuotaIsSpent && now < End && IsDue(now))
            Ask(slot, now);
        else
            _connections.Move(slot, Standing.Idle, now);
    }

    private void Succeed(int slot, long now)
    {
        ref Connection connection = ref _connections[slot];
        Counts.Succeeded++;
        Counts.Elapsed = TimeSpan.FromTicks(now / 100);
        long took = now - connection.Due;
        Counts.Latency.Record(took);
        if (Counts.Slowest.Wants(took))
        {
            bool first = connection.Requests == 0;
            long waited = Math.Max((first ? connection.Opened : connection.Since) - connection.Due, 0);
            Counts.Slowest.Add(new SlowAttempt(TimeSpan.FromTicks(connection.Due / 100), TimeSpan.FromTicks(took / 100), TimeSpan.FromTicks(waited / 100), LocalOf(slot), first));
        }
    }

    private void Expire(long now)
    {
        int slot;
        while ((slot = _connections.Oldest(Standing.Connecting)) >= 0 && now - _connections[slot].Since >= _connectTimeout)
            Fail(slot, AttemptStage.Connect, 0, timedOut: true);
        while ((slot = _connections.Oldest(Standing.Asking)) >= 0 && now - _connections[slot].Since >= _answerTimeout)
            Fail(slot, AttemptStage.Response, 0, timedOut: true);
        while ((slot = _connections.Oldest(Standing.Resting)) >= 0 && now - _connections[slot].Since >= Rest)
            _connections.Move(slot, Standing.Free, now);
    }

    // How long nothing needs to be done unless a socket has news.
    private long Patience(long now)
    {
        long next = Math.Min(now + LongestWait, Math.Max(End, now + (_ending ? LongestWait : 0)));
        if (!_ending && !QuotaIsSpent && _schedule.Exists && (_connections.Oldest(Standing.Idle) >= 0 || _connections.Oldest(Standing.Free) >= 0))
            next = Math.Min(next, _schedule.TimeOf(_begun));
        else if (!_ending && !QuotaIsSpent && _plan.Ramp > TimeSpan.Zero && now < _plan.Ramp.TotalNanoseconds)
            next = Math.Min(next, now + (long)(_plan.Ramp.TotalNanoseconds / _capacity));
        next = Math.Min(next, Expiry(Standing.Connecting, _connectTimeout));
        next = Math.Min(next, Expiry(Standing.Asking, _answerTimeout));
        next = Math.Min(next, Expiry(Standing.Resting, Rest));
        return Math.Max(next - now, 0);
    }

    private long Expiry(Standing standing, long patience) =>
        _connections.Oldest(standing) is >= 0 and int slot ? _connections[slot].Since + patience : long.MaxValue;

    // A failure that is none of TCP's.
    private void Fail(int slot)
    {
        long now = Now();
        Counts.Failed++;
        Counts.Elapsed = TimeSpan.FromTicks(now / 100);
        Close(slot, Standing.Resting, now);
    }

    private void Fail(int slot, AttemptStage stage, int errno, bool timedOut = false, bool peerClosed = false)
    {
        ref Connection connection = ref _connections[slot];
        long now = Now();
        Counts.Failed++;
        Counts.Elapsed = TimeSpan.FromTicks(now / 100);
        Counts.PortsMissing += errno == Errno.EADDRNOTAVAIL ? 1 : 0;
        Counts.DescriptorsMissing += errno is Errno.EMFILE or Errno.ENFILE ? 1 : 0;
        TcpInfo info = default;
        bool known = _sockets.IsOpen(slot) && _sockets.TryReadInfo(slot, out info);
        _onFailure(new FailedAttempt
        {
            Time = _time.GetUtcNow(),
            Stage = stage,
            Local = LocalOf(slot),
            Remote = _plan.Target,
            Errno = errno,
            TimedOut = timedOut,
            PeerClosed = peerClosed,
            SinceTraffic = TimeSpan.FromTicks(Math.Max((stage == AttemptStage.Idle ? now : connection.Since) - connection.LastTraffic, 0) / 100),
            Sample = known ? SocketSample.Of(info) : null,
            BytesSent = connection.Sent,
            BytesReceived = connection.Received,
        });
        Close(slot, Standing.Resting, now);
    }

    private Endpoint LocalOf(int slot) => _sockets.IsOpen(slot) && _sockets.LocalOf(slot) is { } local ? new Endpoint(local.Address, local.Port)
        : new Endpoint(_target.IsV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);

    private void Close(int slot, Standing to, long now)
    {
        if (_connections[slot].Standing is Standing.Asking or Standing.Idle or Standing.Held || (to == Standing.Free && _connections[slot].Standing == Standing.Connecting))
            Counts.Active--;
        if (_sockets.IsOpen(slot) && to == Standing.Free && Counts.Sockets.Wants() && _sockets.TryReadInfo(slot, out TcpInfo info))
            Counts.Sockets.Add(info);
        if (_heads.Count > 0)
            _heads.Remove(slot);
        _sockets.Close(slot);
        _connections.Move(slot, to, now);
    }

    private void CloseAll()
    {
        long now = Now();
        foreach (Standing standing in (ReadOnlySpan<Standing>)[Standing.Idle, Standing.Held, Standing.Asking, Standing.Connecting])
        {
            while (_connections.Oldest(standing) is >= 0 and int slot)
                Close(slot, standing == Standing.Connecting ? Standing.Resting : Standing.Free, now);
        }
    }
}
