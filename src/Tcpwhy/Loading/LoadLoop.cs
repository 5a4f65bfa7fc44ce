using System.Diagnostics;
using Tcpwhy.Attempts;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Sockets;

namespace Tcpwhy.Loading;

/// <summary>One thread of a load: an event loop over its share of the connections. On the way of a good attempt nothing is allocated, and no call to the kernel is made that can be spared.</summary>
internal sealed partial class LoadLoop : IDisposable
{
    /// <summary>A place whose attempt failed rests for this long: a refusal comes in microseconds, and a load of refusals would measure nothing.</summary>
    private const long Rest = 10_000_000;
    private const long LongestWait = 100_000_000;
    private const long AtOnce = 200_000;
    private readonly LoadPlan _plan;
    private readonly DueAttempts _due;
    private readonly int _capacity;
    private readonly Action<FailedAttempt> _onFailure;
    private readonly TimeProvider _time;
    private readonly ConnectionTable _connections;
    private readonly SocketSet _sockets;
    private readonly RawAddress _target;
    private readonly RawAddress?[] _sources;
    private readonly Ready[] _ready;
    private readonly AnswerReader _answers;
    private readonly long _connectTimeout;
    private readonly long _answerTimeout;
    private long _start;
    private long _end;
    private bool _ending;

    // Whether the last connection was there when connect returned, as on loopback: then the first bytes go at once.
    private bool _eager = true;

    /// <param name="capacity">How many connections this loop has open at once.</param>
    /// <param name="quota">How many attempts it makes; <see cref="long.MaxValue"/> is no limit.</param>
    public LoadLoop(LoadPlan plan, int capacity, long quota, Schedule schedule, int firstSource, Action<FailedAttempt> onFailure, TimeProvider time)
    {
        (_plan, _capacity, _onFailure, _time) = (plan, capacity, onFailure, time);
        _due = new DueAttempts(schedule, quota, capacity, plan.Ramp);
        _connections = new ConnectionTable(capacity);
        _sockets = new SocketSet(capacity);
        _answers = new AnswerReader(_sockets, plan, Counts);
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
        if (!_plan.Hold)
            Counts.NeverBegun = _due.NeverBegun(End);
    }

    private long Now() => Stopwatch.GetTimestamp() - _start;

    private int Busy => _connections.Count(Standing.Connecting) + _connections.Count(Standing.Asking);

    private bool IsDone(long now)
    {
        if (_plan.Hold && !AllOpened)
            AllOpened = _due.AreSpent && Busy == 0;
        if (Busy > 0)
            return false;
        return _ending || (_due.AreSpent && !_plan.Hold);
    }

    // Attempts that are due take a connection that stands idle, or open one.
    private void Begin(long now)
    {
        int allowed = _due.Allowed(now);
        while (!_due.AreSpent && _due.IsDue(now))
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
        if (!_ending)
            next = _due.Next(now, _connections.Oldest(Standing.Idle) >= 0 || _connections.Oldest(Standing.Free) >= 0, next);
        next = Math.Min(next, Expiry(Standing.Connecting, _connectTimeout));
        next = Math.Min(next, Expiry(Standing.Asking, _answerTimeout));
        next = Math.Min(next, Expiry(Standing.Resting, Rest));
        return Math.Max(next - now, 0);
    }

    private long Expiry(Standing standing, long patience) =>
        _connections.Oldest(standing) is >= 0 and int slot ? _connections[slot].Since + patience : long.MaxValue;
}
