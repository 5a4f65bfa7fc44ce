using Tcpwhy.Diagnosis;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>What one look at all sockets found held up, each socket once however many processes hold it.</summary>
internal sealed class HeldUpSockets
{
    /// <summary>A bound on what one look adds to a recording.</summary>
    private const int Most = 500;

    private readonly Dictionary<ulong, HeldUp> _found = [];

    public void Add(HeldUp found) => _found.TryAdd(found.Socket, found);

    /// <summary>Those that speak for themselves; a receiver with a buffer of fixed size is told of only where its sender waits for its window.</summary>
    public IEnumerable<HeldUp> Told()
    {
        HashSet<ConnectionKey> senders = [.. _found.Values.Where(IsSender).Select(KeyOf)];
        return _found.Values.Where(one => IsSender(one) || IsStuckReader(one) || senders.Contains(KeyOf(one)))
            .OrderByDescending(one => one.Transfer.Busy).Take(Most);
    }

    private static bool IsSender(HeldUp one) =>
        one.Transfer.ProbesWindow || one is { Transfer.SendBufferShort: true, Sample.MinRttMicroseconds: >= TcpSample.LongWayMicroseconds } || one.Sample is { RetransmitsTotal: >= 5 } sample && sample.RetransmitsTotal * 50L >= sample.DataSegmentsOut
        || (one.Transfer.LimitedByWindow + one.Transfer.LimitedBySendBuffer) * 2 >= one.Transfer.Busy && one.Transfer.Busy > TimeSpan.Zero;

    private static bool IsStuckReader(HeldUp one) => one.Sample is { UnreadBytes: > 0 } sample && one.Transfer.OfferedWindowBytes < Math.Max(sample.MssBytes, 1);

    private static ConnectionKey KeyOf(HeldUp one) => new(one.Local, one.Remote, one.Netns);
}
