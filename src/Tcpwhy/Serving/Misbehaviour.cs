namespace Tcpwhy.Serving;

/// <summary>What the test server does wrong on request.</summary>
public enum Misbehaviour
{
    AcceptDelay,
    Backlog,
    MaxConnections,
    CloseAfter,
    IdleTimeout,
    ResetAfter,
    CloseUnread,
    StopReading,
    FailRate,
    ResponseDelay,
}

/// <summary>Which misbehaviours settings ask for, and the causes that clients then meet.</summary>
public static class Misbehaviours
{
    /// <summary>Those that were asked for, in the order of the options.</summary>
    public static IReadOnlyList<Misbehaviour> Of(ListenSettings settings)
    {
        List<Misbehaviour> asked = [];
        Add(Misbehaviour.AcceptDelay, settings.AcceptDelay is not null);
        Add(Misbehaviour.Backlog, settings.Backlog is not null);
        Add(Misbehaviour.MaxConnections, settings.MaxConnections is not null);
        Add(Misbehaviour.CloseAfter, settings.CloseAfter is not null);
        Add(Misbehaviour.IdleTimeout, settings.IdleTimeout is not null);
        Add(Misbehaviour.ResetAfter, settings.ResetAfterTime is not null || settings.ResetAfterCount is not null);
        Add(Misbehaviour.CloseUnread, settings.CloseUnread);
        Add(Misbehaviour.StopReading, settings.StopReading);
        Add(Misbehaviour.FailRate, settings.FailRate > 0);
        Add(Misbehaviour.ResponseDelay, settings.ResponseDelay is not null);
        return asked;

        void Add(Misbehaviour kind, bool isAsked)
        {
            if (isAsked)
                asked.Add(kind);
        }
    }

    /// <summary>The option that asks for it.</summary>
    public static string Option(Misbehaviour kind) => kind switch
    {
        Misbehaviour.AcceptDelay => "--accept-delay",
        Misbehaviour.Backlog => "--backlog",
        Misbehaviour.MaxConnections => "--max-connections",
        Misbehaviour.CloseAfter => "--close-after",
        Misbehaviour.IdleTimeout => "--idle-timeout",
        Misbehaviour.ResetAfter => "--reset-after",
        Misbehaviour.CloseUnread => "--close-unread",
        Misbehaviour.StopReading => "--stop-reading",
        Misbehaviour.FailRate => "--fail-rate",
        _ => "--response-delay",
    };

    /// <summary>Codes of the causes that diagnose names at the clients, the likeliest first; none where only the program notices.</summary>
    public static IReadOnlyList<string> Causes(Misbehaviour kind) => kind switch
    {
        Misbehaviour.AcceptDelay or Misbehaviour.Backlog or Misbehaviour.MaxConnections => ["accept-queue-overflow-drop"],
        Misbehaviour.CloseAfter or Misbehaviour.IdleTimeout => ["stale-conn-reuse", "keepalive-race"],
        Misbehaviour.ResetAfter => ["linger-zero-abort"],
        Misbehaviour.CloseUnread => ["server-close-unread"],
        Misbehaviour.StopReading => ["zero-window-slow-reader"],
        _ => [],
    };
}
