namespace Tcpwhy.Tests.Sources;

/// <summary>A clock that stands still, and timers that fire when the test says so.</summary>
internal sealed class ManualTime(DateTimeOffset now) : TimeProvider
{
    private readonly List<Timer> _timers = [];

    public override DateTimeOffset GetUtcNow() => now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(() => callback(state));
        _timers.Add(timer);
        return timer;
    }

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
