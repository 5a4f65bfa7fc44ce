namespace Tcpwhy.Tests.Alerting;

/// <summary>A clock that runs like any other, and began at a given moment: what a test made then is never old.</summary>
internal sealed class StartedTime(DateTimeOffset start) : TimeProvider
{
    private readonly long _began = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => start + System.GetElapsedTime(_began);
}
