using System.Collections.Concurrent;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Tests.Attempts;

/// <summary>A kernel that tells what it is told to, and says when it has told all.</summary>
internal sealed class ToldKernel : ISource
{
    private readonly BlockingCollection<Event> _events = [];

    /// <summary>Tells these events in the order of their time.</summary>
    public void Tell(params IEnumerable<Event> events)
    {
        foreach (Event next in events.OrderBy(next => next.Time))
            _events.Add(next);
    }

    public void Run(Action<Event> sink, CancellationToken stop)
    {
        sink(new Started { Time = Failed.Start, Source = "ebpf" });
        try
        {
            foreach (Event next in _events.GetConsumingEnumerable(stop))
                sink(next);
        }
        catch (OperationCanceledException)
        {
            while (_events.TryTake(out Event? left))
                sink(left);
        }
        sink(new Ended { Time = Failed.Start.AddHours(1) });
    }

    public void Dispose() => _events.Dispose();
}
