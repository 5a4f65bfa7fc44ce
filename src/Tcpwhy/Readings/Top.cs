namespace Tcpwhy.Readings;

/// <summary>Keeps the heaviest of many, without sorting them all.</summary>
internal sealed class Top<T>(int most)
{
    private readonly PriorityQueue<T, long> _kept = new(most + 1);

    /// <summary>Takes it when it is among the heaviest so far.</summary>
    public void Offer(T item, long weight)
    {
        if (_kept.Count < most)
            _kept.Enqueue(item, weight);
        else if (_kept.TryPeek(out _, out long least) && weight > least)
            _kept.EnqueueDequeue(item, weight);
    }

    /// <summary>What was kept, in no order.</summary>
    public IEnumerable<T> Items()
    {
        foreach ((T item, _) in _kept.UnorderedItems)
            yield return item;
    }
}
