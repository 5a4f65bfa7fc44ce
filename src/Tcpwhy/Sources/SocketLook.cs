using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>Looks at all sockets that processes hold, in one pass: whose data is held up, who listens, what waits in CLOSE_WAIT and at proxies, and which pools have no connection free.</summary>
internal sealed class SocketLook(Watch watch, KernelEvents events, StarvedServers starved, Func<DateTimeOffset> now)
{
    private readonly FollowedPools _pools = new();

    /// <summary>Looks once; tells <paramref name="listeners"/> and those in CLOSE_WAIT (<paramref name="waiting"/>) when asked to.</summary>
    public void Run(Action<Event> sink, bool listeners, bool waiting)
    {
        var closing = new WaitingSockets(TcpState.CloseWait);
        var owing = new WaitingSockets(TcpState.Established);
        var heldUp = new HeldUpSockets();
        watch.Scan(_pools.Next(), (in KernelEvent raw) =>
        {
            if (raw.old_state == (byte)TcpState.Listen)
                starved.Note((int)raw.task.pid, raw.netns, raw.local_port);
            if (raw.kind == EventKind.Followed)
                _pools.Add(events.Followed(raw));
            else if (raw.kind == EventKind.HeldUp)
                heldUp.Add((HeldUp)events.Translate(raw)!);
            else if (raw.old_state == (byte)TcpState.CloseWait)
                closing.Add(events.Waiting(raw));
            else if (raw.old_state == (byte)TcpState.Established)
                owing.Add(events.Waiting(raw));
            else if (listeners && events.Translate(raw) is { } listening)
                sink(listening);
        });
        starved.Noted();
        List<Event> told = [.. heldUp.Told(), .. owing.Groups(now()), .. _pools.Told(now())];
        _pools.Choose(watch.Waiters);
        if (waiting)
            told.AddRange(closing.Sum(now()));
        told.ForEach(sink);
    }
}
