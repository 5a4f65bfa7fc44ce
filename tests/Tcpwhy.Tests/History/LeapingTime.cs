namespace Tcpwhy.Tests.History;

/// <summary>A clock that the test moves.</summary>
internal sealed class LeapingTime(DateTimeOffset start) : TimeProvider
{
    private TimeSpan _passed;

    public void Leap(TimeSpan by) => _passed += by;

    public override DateTimeOffset GetUtcNow() => start + _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => start.Ticks + _passed.Ticks;
}
