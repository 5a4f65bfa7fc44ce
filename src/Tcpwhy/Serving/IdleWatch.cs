using System.Diagnostics;

namespace Tcpwhy.Serving;

/// <summary>Ends connections that were idle for a time. They stand in the order in which they became idle, so one alarm for the first is enough for all.</summary>
internal sealed class IdleWatch
{
    private readonly LinkedList<ServedConnection> _idle = new();
    private readonly Lock _gate = new();
    private readonly TimeSpan _limit;
    private readonly Alarm _alarm;

    public IdleWatch(TimeSpan limit, Alarm alarm)
    {
        (_limit, _alarm) = (limit, alarm);
        _alarm.After(_limit, Sweep);
    }

    /// <summary>The connection waits for its peer from now on.</summary>
    public void Begin(ServedConnection connection)
    {
        lock (_gate)
        {
            connection.IdleSince = Stopwatch.GetTimestamp();
            if (connection.IdlePlace.List is null)
                _idle.AddLast(connection.IdlePlace);
        }
    }

    /// <summary>Its peer sent something, or it has ended.</summary>
    public void End(ServedConnection connection)
    {
        lock (_gate)
        {
            if (connection.IdlePlace.List is not null)
                _idle.Remove(connection.IdlePlace);
        }
    }

    private void Sweep()
    {
        TimeSpan next = _limit;
        while (Overdue(ref next) is { } connection)
            connection.EndIdle();
        _alarm.After(next, Sweep);
    }

    private ServedConnection? Overdue(ref TimeSpan next)
    {
        lock (_gate)
        {
            if (_idle.First is not { } first)
                return null;
            TimeSpan left = _limit - Stopwatch.GetElapsedTime(first.Value.IdleSince);
            if (left > TimeSpan.Zero)
            {
                next = left;
                return null;
            }
            _idle.Remove(first);
            return first.Value;
        }
    }
}
