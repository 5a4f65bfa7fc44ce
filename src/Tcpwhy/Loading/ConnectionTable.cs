namespace Tcpwhy.Loading;

/// <summary>Where a connection of a load stands.</summary>
internal enum Standing : byte
{
    Free,
    Connecting,

    /// <summary>A request is on its way, or its answer.</summary>
    Asking,

    /// <summary>Connected, with nothing to do until the next attempt is due.</summary>
    Idle,
    Held,

    /// <summary>It failed, and its place rests a moment before it is used again.</summary>
    Resting,
}

/// <summary>One connection of a load, in about a hundred bytes.</summary>
internal struct Connection
{
    /// <summary>When it began to connect, in nanoseconds from the start of the run.</summary>
    public long Opened;

    /// <summary>When the attempt was due; its latency counts from there.</summary>
    public long Due;

    /// <summary>When it came to its standing: lines are in this order.</summary>
    public long Since;

    /// <summary>The last moment before the attempt at which bytes went either way.</summary>
    public long LastTraffic;
    public long Sent;
    public long Received;
    public HttpAnswer Answer;

    /// <summary>Bytes that still belong to the answer of a raw request.</summary>
    public long RawLeft;
    public int SentOfRequest;
    public int Requests;
    public int Before;
    public int After;
    public Standing Standing;
}

/// <summary>The connections of one loop, each in the line of its standing, the oldest first: so what has waited too long is always at the head.</summary>
internal sealed class ConnectionTable
{
    private const int None = -1;
    private static readonly int lines = Enum.GetValues<Standing>().Length;
    private readonly Connection[] _connections;
    private readonly int[] _first = new int[lines];
    private readonly int[] _last = new int[lines];
    private readonly int[] _count = new int[lines];

    public ConnectionTable(int capacity)
    {
        _connections = new Connection[capacity];
        Array.Fill(_first, None);
        Array.Fill(_last, None);
        for (int slot = 0; slot < capacity; slot++)
            Append(slot, Standing.Free, 0);
    }

    public ref Connection this[int slot] => ref _connections[slot];

    public int Count(Standing standing) => _count[(int)standing];

    /// <summary>The slot that has stood longest, or below 0.</summary>
    public int Oldest(Standing standing) => _first[(int)standing];

    /// <summary>Moves a connection to the end of another line, or to the end of its own.</summary>
    public void Move(int slot, Standing to, long now)
    {
        ref Connection connection = ref _connections[slot];
        int line = (int)connection.Standing;
        if (connection.Before == None)
            _first[line] = connection.After;
        else
            _connections[connection.Before].After = connection.After;
        if (connection.After == None)
            _last[line] = connection.Before;
        else
            _connections[connection.After].Before = connection.Before;
        _count[line]--;
        Append(slot, to, now);
    }

    private void Append(int slot, Standing standing, long now)
    {
        ref Connection connection = ref _connections[slot];
        int line = (int)standing;
        connection.Standing = standing;
        connection.Since = now;
        connection.Before = _last[line];
        connection.After = None;
        if (connection.Before == None)
            _first[line] = slot;
        else
            _connections[connection.Before].After = slot;
        _last[line] = slot;
        _count[line]++;
    }
}
