using Tcpwhy.Diagnosis;
using Tcpwhy.Kernel;
using Tcpwhy.Model;
using Tcpwhy.Readings;

namespace Tcpwhy.Watching;

/// <summary>Gathers what happens until the next tick. Safe for several threads.</summary>
internal sealed class Gathered(DateTimeOffset start)
{
    private readonly Lock _gate = new();
    private Findings _findings = new();
    private DateTimeOffset _start = start;
    private TimeSpan _cpu = Cost.Read().Cpu;
    private long _opened;
    private long _closedNormally;
    private long _retransmits;
    private long _events;
    private long _lost;

    public void See(Event next)
    {
        lock (_gate)
        {
            switch (next)
            {
                case TrafficCounted traffic:
                    _opened += traffic.Opened + traffic.Accepted;
                    _closedNormally += traffic.ClosedNormally;
                    _retransmits += traffic.Retransmits;
                    break;
                case Lost lost:
                    _lost += lost.Count;
                    break;
                case SocketEvent or ProcessExited:
                    _events++;
                    break;
                default:
                    break;
            }
        }
    }

    public void Add(Finding alone)
    {
        lock (_gate)
            _findings.Add(alone);
    }

    /// <summary>Hands over what was gathered, and begins anew at the reading's time.</summary>
    public Tick End(Reading reading)
    {
        lock (_gate)
        {
            Cost cost = Cost.Read();
            var traffic = new TrafficReading(_opened, Math.Max(_closedNormally + _findings.Connections(normal: true) - _findings.ClosedCleanly, 0), _findings.Connections(normal: false), _retransmits);
            var tick = new Tick
            {
                Start = _start,
                Reading = reading with { Traffic = traffic },
                Findings = _findings.Ranked(Diagnosis.Findings.OfParts),
                Events = _events,
                Lost = _lost,
                Cpu = cost.Cpu - _cpu,
                PeakMemoryBytes = cost.PeakMemoryBytes,
            };
            (_findings, _start, _cpu) = (new Findings(), reading.Time, cost.Cpu);
            (_opened, _closedNormally, _retransmits, _events, _lost) = (0, 0, 0, 0, 0);
            return tick;
        }
    }
}
