namespace Tcpwhy.Loading;

/// <summary>A thread of this process with an event loop.</summary>
internal sealed class LoopThread(LoadLoop loop) : ILoadPart
{
    private Thread? _thread;
    private Exception? _defect;

    public bool Ended => _thread is { IsAlive: false };

    public bool AllOpened => loop.AllOpened;

    public string? Trouble => null;

    public void Prepare()
    {
    }

    public long MemoryBytes() => 0;

    public void Start(long start, CancellationToken stop)
    {
        _thread = new Thread(() => Run(start, stop)) { Name = "load", IsBackground = true };
        _thread.Start();
    }

    public void EndAt(long time) => loop.End = time;

    public void AddTo(LoadCounts sum)
    {
        if (_defect is not null)
            throw new InvalidOperationException("an event loop of the load failed", _defect);
        sum.Add(loop.Counts);
    }

    public void Dispose()
    {
        _thread?.Join();
        loop.Dispose();
    }

    private void Run(long start, CancellationToken stop)
    {
        try
        {
            loop.Run(start, stop);
        }
#pragma warning disable CA1031 // it is rethrown where the counts are read
        catch (Exception error)
#pragma warning restore CA1031
        {
            _defect = error;
        }
    }
}
