using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>Sums up, after one look at all sockets, those that have been left in one state.</summary>
internal sealed class WaitingSockets(TcpState state)
{
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(2);
    private readonly List<WaitingSocket> _found = [];

    public void Add(WaitingSocket socket) => _found.Add(socket);

    /// <summary>One event for each process, peer and port; a single one that counts 0 when there is nothing, for that ends what was told before.</summary>
    public IEnumerable<SocketsWaiting> Sum(DateTimeOffset now) =>
        _found.Count == 0 ? [new SocketsWaiting { Time = now, State = state, Local = Endpoint.None, Remote = Endpoint.None, Count = 0 }] : Groups(now);

    /// <summary>One event for each process, peer and port.</summary>
    public IEnumerable<SocketsWaiting> Groups(DateTimeOffset now) =>
        _found.GroupBy(socket => (socket.Netns, Pid: socket.Process?.Pid ?? 0, socket.Server, socket.Service, socket.Peer)).Select(group => new SocketsWaiting
        {
            Time = now,
            Netns = group.Key.Netns,
            State = state,
            Process = group.First().Process,
            Local = group.Key.Service,
            Remote = group.Key.Peer,
            Opener = group.Key.Server ? Opener.Remote : Opener.Local,
            Count = group.Count(),
            Settled = group.Count(socket => socket.Quiet >= SettledAfter),
            Oldest = group.Max(socket => socket.Quiet),
            Youngest = group.Min(socket => socket.Quiet),
            UnreadBytes = group.Sum(socket => (long)socket.Unread),
            Examples = [.. group.Take(5).Select(socket => socket.Server ? socket.Remote : socket.Local)],
        });
}

/// <summary>A socket in CLOSE_WAIT, or one whose request waits at a proxy.</summary>
/// <param name="Server">Whether its process listens on the local port.</param>
/// <param name="Quiet">How long, at least, it has been so.</param>
/// <param name="Unread">Bytes received and not read, the FIN counting one.</param>
internal readonly record struct WaitingSocket(uint Netns, ProcessInfo? Process, Endpoint Local, Endpoint Remote, bool Server, TimeSpan Quiet, uint Unread)
{
    /// <summary>The local end as groups share it: a client's port differs from socket to socket.</summary>
    public Endpoint Service => Server ? Local : Local with { Port = 0 };

    /// <summary>The remote end as groups share it.</summary>
    public Endpoint Peer => Server ? Remote with { Port = 0 } : Remote;
}
