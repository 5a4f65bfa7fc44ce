using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>What one cause says of one case: how sure, on what evidence, whose fault, and what to do.</summary>
public sealed class Verdict(Cause cause, Case @case)
{
    private readonly List<Evidence> _evidence = [];
    private readonly Dictionary<string, string> _facts = [];
    private readonly List<Remedy> _remedies = [];
    private double _doubt = 1;
    private double _credit = 1;

    public Cause Cause { get; } = cause;
    public Case Case { get; } = @case;

    /// <summary>0 to 1: independent pieces of evidence each remove their share of the doubt.</summary>
    public double Confidence => Math.Round((1 - _doubt) * _credit, 3);
    public Severity Severity { get; private set; } = Severity.Warning;
    public Fault Fault { get; private set; } = Fault.Unknown;

    /// <summary>Whether the finding is told from the client's end; otherwise from the server's.</summary>
    public bool FromClient { get; private set; }

    /// <summary>Whether it is about a host's ports in general, not about the one of the case.</summary>
    public bool AboutAllPorts { get; private set; }

    /// <summary>Who acted, when no event of the case names him.</summary>
    public ProcessInfo? Actor { get; private set; }
    public IReadOnlyList<Evidence> Evidence => _evidence;
    public IReadOnlyDictionary<string, string> Facts => _facts;
    public IReadOnlyList<Remedy> Remedies => _remedies;
    public string? SettledBy { get; private set; }

    /// <summary>How long the connection was idle when the server closed it, and when the client wrote again; null where that is not known.</summary>
    public TimeSpan? ClosedAfter { get; private set; }
    public TimeSpan? ReusedAfter { get; private set; }

    /// <summary>Evidence that speaks for the cause when <paramref name="holds"/>; <paramref name="weight"/> is the share of doubt that it removes.</summary>
    public Verdict For(double weight, bool holds, string what, string value, string source)
    {
        if (holds)
        {
            _doubt *= 1 - weight;
            _evidence.Add(new Evidence(what, value, Case.Count, source));
        }
        return this;
    }

    /// <summary>Evidence that speaks against it: takes the share <paramref name="weight"/> off the confidence.</summary>
    public Verdict Against(double weight, bool holds, string what, string value, string source)
    {
        if (holds)
        {
            _credit *= 1 - weight;
            _evidence.Add(new Evidence(what, value, Case.Count, source, Against: true));
        }
        return this;
    }

    public Verdict Weighs(Severity severity)
    {
        Severity = severity;
        return this;
    }

    /// <summary>Who has to change something, and from which end the finding is told.</summary>
    public Verdict Blames(Fault fault, bool toldByClient)
    {
        Fault = fault;
        FromClient = toldByClient;
        return this;
    }

    /// <summary>Names who acted, for when no event of the case does.</summary>
    public Verdict By(ProcessInfo? actor)
    {
        Actor = actor;
        return this;
    }

    /// <summary>Cases that differ in the service's port alone are one finding.</summary>
    public Verdict CoversAllPorts()
    {
        AboutAllPorts = true;
        return this;
    }

    /// <summary>Idle times, from which a finding learns the timeouts of both ends.</summary>
    public Verdict Learns(TimeSpan? closedAfter, TimeSpan? reusedAfter)
    {
        (ClosedAfter, ReusedAfter) = (closedAfter, reusedAfter);
        return this;
    }

    /// <summary>A value that the cause's texts name in braces.</summary>
    public Verdict Tells(string name, string value)
    {
        _facts[name] = value;
        return this;
    }

    public Verdict Remedy(string kind, string key, string? setting = null, string? from = null, string? to = null)
    {
        _remedies.Add(new Remedy(kind, key, setting, from, to));
        return this;
    }

    /// <summary>What would make it certain, when it is doubtful.</summary>
    public Verdict SettleBy(string key, bool doubtful = true)
    {
        if (doubtful)
            SettledBy = key;
        return this;
    }
}
