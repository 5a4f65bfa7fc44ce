using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>Makes cases of what no broken connection tells: sockets in TIME_WAIT that pile up, or find no room, and a host whose TCP is short of memory.</summary>
internal sealed class Shortages
{
    private const string NoRoom = "TcpExtTCPTimeWaitOverflow";

    /// <summary>Where many namespaces are short of room at once, each waits for its look.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<uint, List<SocketsWaiting>> _looks = [];
    private readonly Queue<CountersRead> _withoutRoom = [];
    private Event? _pressure;
    private bool _suffered;

    /// <summary>Takes in one group of a look at a namespace's sockets in TIME_WAIT; each look replaces the one before.</summary>
    public void Observe(SocketsWaiting group)
    {
        if (!_looks.TryGetValue(group.Netns, out List<SocketsWaiting>? look) || look.Count > 0 && look[0].Time != group.Time)
            _looks[group.Netns] = look = [];
        look.Add(group);
    }

    /// <summary>Takes in counters: of connections that found no room in TIME_WAIT, and of the kernel's saving memory.</summary>
    public void Observe(CountersRead read)
    {
        if (read.Moved.GetValueOrDefault(Limits.Pressure) > 0)
            _pressure ??= read;
        if (read.Moved.GetValueOrDefault(NoRoom) > 0)
            _withoutRoom.Enqueue(read);
    }

    /// <summary>Hands over a case for each time that connections found no room in TIME_WAIT, when a look at who fills it has come: they are named for those that did not get in.</summary>
    public IEnumerable<Case> Settled(DateTimeOffset now)
    {
        while (_withoutRoom.TryPeek(out CountersRead? oldest) && now - oldest.Time > (_looks.ContainsKey(oldest.Netns) ? Cases.Settle : Patience))
            yield return WithoutRoom(_withoutRoom.Dequeue());
    }

    /// <summary>Takes in how full the memory of TCP is.</summary>
    public void Observe(LimitRead read)
    {
        if (read is { Setting: Limits.Memory } && read.Used >= read.Saves)
            _pressure = read;
    }

    /// <summary>Notes when a connection tells of the want of memory itself.</summary>
    public void Observe(SocketEvent next) => _suffered |= next is Dropped { Reason: "PROTO_MEM" } or ResetSent { Reason: "TCP_ABORT_ON_MEMORY" };

    /// <summary>What is left to tell after the last event.</summary>
    public IEnumerable<Case> Rest()
    {
        while (_withoutRoom.TryDequeue(out CountersRead? read))
            yield return WithoutRoom(read);
        foreach (SocketsWaiting group in _looks.Values.SelectMany(look => look).Where(group => group.Count > 0))
            yield return Of(group, group.Time);
        if (_pressure is { } pressure && !_suffered)
            yield return new Case(pressure.Time) { Reading = pressure, ClientEndpoint = Endpoint.None, ServerEndpoint = Endpoint.None };
        _looks.Clear();
        _pressure = null;
    }

    private Case WithoutRoom(CountersRead read)
    {
        SocketsWaiting most = _looks.GetValueOrDefault(read.Netns)?.MaxBy(group => group.Count)
            ?? new SocketsWaiting { Time = read.Time, Netns = read.Netns, State = TcpState.TimeWait, Local = Endpoint.None, Remote = Endpoint.None, Count = 0 };
        Case shortage = Of(most, read.Time);
        shortage.WithoutRoom = (int)Math.Min(read.Moved[NoRoom], int.MaxValue);
        return shortage;
    }

    private static Case Of(SocketsWaiting group, DateTimeOffset time)
    {
        bool client = group.Opener == Opener.Local;
        return new Case(time)
        {
            Waiting = group,
            ServerEndpoint = client ? group.Remote : group.Local,
            ClientEndpoint = client ? group.Local : group.Remote,
            ServerNetns = client ? 0 : group.Netns,
        };
    }
}
