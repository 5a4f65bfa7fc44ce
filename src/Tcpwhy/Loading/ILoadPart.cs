namespace Tcpwhy.Loading;

/// <summary>A share of a load that runs by itself: a thread with an event loop, TLS connections, or a worker process.</summary>
internal interface ILoadPart : IDisposable
{
    /// <summary>Waits until it can begin at once.</summary>
    void Prepare();

    /// <summary>Begins; <paramref name="start"/> is the moment of the run's stopwatch from which its times count.</summary>
    void Start(long start, CancellationToken stop);

    /// <summary>Whether it has come to its end.</summary>
    bool Ended { get; }

    /// <summary>Whether every connection that shall be held has had its outcome.</summary>
    bool AllOpened { get; }

    /// <summary>Sets when no more is begun, or held connections are closed, in nanoseconds from the start.</summary>
    void EndAt(long time);

    /// <summary>Adds what it has counted so far.</summary>
    void AddTo(LoadCounts sum);

    /// <summary>Memory of the part's own process, in bytes; 0 when it is a part of this one.</summary>
    long MemoryBytes();

    /// <summary>What went wrong with the part itself, or null.</summary>
    string? Trouble { get; }
}
