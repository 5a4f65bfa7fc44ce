using Tcpwhy.Model;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>What broke for one cause since watching began.</summary>
internal sealed class CauseTrack(string cause)
{
    private const int MostExamples = 10;
    private readonly List<Finding> _examples = [];

    public string Cause => cause;

    /// <summary>The worst that any of them was.</summary>
    public Severity Severity { get; private set; }

    /// <summary>When they happened.</summary>
    public Series Series { get; } = new();

    public DateTimeOffset Last { get; private set; }

    /// <summary>The latest connections with their timelines, the latest first.</summary>
    public IReadOnlyList<Finding> Examples => _examples;

    public void Add(Finding verdict)
    {
        Severity = verdict.Severity > Severity ? verdict.Severity : Severity;
        Last = verdict.Last > Last ? verdict.Last : Last;
        Series.Add(verdict.Last, verdict.Count);
        _examples.Insert(0, verdict);
        if (_examples.Count > MostExamples)
            _examples.RemoveAt(MostExamples);
    }
}
