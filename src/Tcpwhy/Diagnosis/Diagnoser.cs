using Tcpwhy.Filtering;
using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>Turns events into findings: a pure function, without clock, without I/O. Events go in in the order of their time.</summary>
public sealed class Diagnoser
{
    /// <summary>Below this a verdict is a guess, and the case stays unknown.</summary>
    private const double Doubtful = 0.3;

    private readonly World _world = new();
    private readonly Filter _filter;
    private readonly Action<Verdict>? _onVerdict;
    private readonly Cases _cases;
    private readonly Findings _findings = new();
    private readonly List<string> _notes = [];
    private Started? _started;
    private Ended? _ended;
    private DateTimeOffset? _first;
    private DateTimeOffset _last;
    private long _events;
    private long _lost;
    private long _opened;
    private long _closedNormally;

    /// <param name="filter">Which connections to judge; a connection counts when one of its ends meets it.</param>
    /// <param name="onVerdict">Told of each connection's own verdict, before it is summed up with others.</param>
    public Diagnoser(Filter filter, Action<Verdict>? onVerdict = null)
    {
        (_filter, _onVerdict) = (filter, onVerdict);
        _cases = new Cases(_world);
    }

    /// <summary>Takes in one event and returns the findings that it made final: each when it is new, and again when it has grown, at most once in <see cref="Findings.Pause"/> of event time.</summary>
    public IReadOnlyList<Finding> Observe(Event next)
    {
        _first ??= next.Time;
        if (next.Time > _last)
            _last = next.Time;
        switch (next)
        {
            case Started started:
                _started = started;
                _first = started.Time;
                break;
            case Ended ended:
                _ended = ended;
                break;
            case Lost lost:
                _lost += lost.Count;
                break;
            case TrafficCounted traffic:
                _opened += traffic.Opened + traffic.Accepted;
                _closedNormally += traffic.ClosedNormally;
                break;
            case SocketEvent or ProcessExited:
                _events++;
                break;
            default:
                break;
        }
        _world.Observe(next);
        _cases.Observe(next);
        Judge(_cases.Settled(next.Time));
        return _findings.Due(_last);
    }

    /// <summary>Judges what is left, after the last event, and returns the findings whose last state was not returned yet.</summary>
    public IReadOnlyList<Finding> Finish()
    {
        Judge(_cases.Rest(_last));
        return _findings.Due(DateTimeOffset.MaxValue);
    }

    /// <summary>Says something about the input that the reader of the answer has to know.</summary>
    public void Note(string sentence) => _notes.Add(sentence);

    /// <summary>Judges what is left and sums up.</summary>
    public Answer Conclude()
    {
        Finish();
        return new Answer
        {
            Start = _first ?? default,
            End = _last,
            Source = _started?.Source ?? "recording",
            Kernel = _started?.Kernel,
            Unavailable = _started?.Unavailable ?? [],
            Events = _ended?.Events ?? _events,
            Lost = _lost,
            CpuSeconds = _ended?.CpuSeconds ?? 0,
            PeakMemoryBytes = _ended?.PeakMemoryBytes ?? 0,
            Opened = _opened,
            ClosedNormally = Math.Max(_closedNormally + _findings.Connections(normal: true) - _findings.ClosedCleanly, 0),
            Failed = _findings.Connections(normal: false),
            Findings = _findings.Ranked(),
            Notes = _notes,
        };
    }

    private void Judge(IEnumerable<Case> cases)
    {
        foreach (Case broken in cases)
        {
            if (!broken.Events.Any(_filter.Matches) || Judge(broken, _world) is not { } verdict)
                continue;
            _findings.Add(verdict);
            if (verdict.Severity > Severity.Info && !Catalogue.Unknown.Contains(verdict.Cause))
                _cases.Told(broken);
            _onVerdict?.Invoke(verdict);
        }
    }

    /// <summary>The cause that explains a case best, or null when nothing broke.</summary>
    internal static Verdict? Judge(Case broken, World world)
    {
        List<Verdict> verdicts = [];
        foreach (Cause cause in Catalogue.Normal)
        {
            if (cause.Judge(broken, world) is { Confidence: >= 0.5 } verdict)
                verdicts.Add(verdict);
        }
        if (verdicts.Count == 0)
        {
            foreach (Cause cause in Catalogue.Trouble)
            {
                if (cause.Judge(broken, world) is { Confidence: >= Doubtful } verdict)
                    verdicts.Add(verdict);
            }
        }
        if (verdicts.Count == 0)
        {
            foreach (Cause cause in Catalogue.Unknown)
            {
                if (cause.Judge(broken, world) is { } verdict)
                    verdicts.Add(verdict);
            }
        }
        verdicts.RemoveAll(verdict => verdict.Cause.YieldsTo.Any(id => verdicts.Exists(other => other.Cause.Id == id && !ReferenceEquals(other, verdict))));
        return verdicts.MaxBy(verdict => verdict.Confidence);
    }
}
