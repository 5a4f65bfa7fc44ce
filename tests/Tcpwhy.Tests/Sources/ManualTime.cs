namespace Tcpwhy.Tests.Sources;

/// <summary>A clock that stands still until the test moves it, and timers that fire when the test says so.</summary>
internal sealed class ManualTime(DateTimeOffset now) : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override DateTimeOffset GetUtcNow() => _now;
    public override long GetTimestamp() => _now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(() => callback(state));
        _timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan time) => _now += time;
    public void FireTimers() => _timers.ForEach(timer => timer.Fire());

    private sealed class Timer(Action fire) : ITimer
    {
        private bool _stopped;

        public void Fire()
        {
            if (!_stopped)
                fire();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;
        public void Dispose() => _stopped = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
