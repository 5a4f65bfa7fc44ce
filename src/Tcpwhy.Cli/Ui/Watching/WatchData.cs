using Tcpwhy.Alerting;
using Tcpwhy.Model;
using Tcpwhy.Pools;
using Tcpwhy.Readings;
using Tcpwhy.Sources;
using Tcpwhy.Watching;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>All that the watch screen knows. Whoever touches it holds its gate.</summary>
internal sealed class WatchData(DateTimeOffset begun, string source, string filter, Thresholds thresholds)
{
    // Beyond it the counts go on, and only the rest stands still.
    private const int MostWaiting = 20_000;
    private readonly Dictionary<string, CauseTrack> _causes = [];
    private readonly List<Action> _waiting = [];
    private bool _standsStill;

    /// <summary>To be held while it is changed or drawn.</summary>
    public Lock Gate { get; } = new();

    public DateTimeOffset Begun { get; } = begun;

    /// <summary>"ebpf" or "sock_diag".</summary>
    public string Source { get; set; } = source;

    /// <summary>The filter of the command line; empty for all.</summary>
    public string Filter => filter;

    /// <summary>The time of the last reading or verdict.</summary>
    public DateTimeOffset Now { get; private set; } = begun;

    public Reading? Reading { get; private set; }
    public IReadOnlyList<Warning> Warnings { get; private set; } = [];

    /// <summary>Events that the kernel could not hand over.</summary>
    public long Lost { get; private set; }

    /// <summary>Share of one processor that this program used in the last interval.</summary>
    public double OwnCpu { get; private set; }

    /// <summary>Connections that broke, of any cause.</summary>
    public Series Failed { get; } = new();

    /// <summary>Connections, opened ones and segments sent again, at each reading.</summary>
    public Series Connections { get; } = new(levels: true);
    public Series Opened { get; } = new();
    public Series Retransmitted { get; } = new();

    /// <summary>Connections picked in the order that was asked for, and how many there were to pick from.</summary>
    public IReadOnlyList<KeptSocket> Sockets { get; private set; } = [];
    public int SocketTotal { get; private set; }
    public IReadOnlyList<JudgedPool> Pools { get; private set; } = [];
    public IReadOnlyList<Alert> Firing { get; private set; } = [];

    /// <summary>The latest changes of alerts, the latest last.</summary>
    public IReadOnlyList<AlertChange> AlertChanges { get; private set; } = [];

    /// <summary>Causes by what is to be acted on first: troubles by severity and number, then normal life.</summary>
    public List<CauseTrack> Causes() => [.. _causes.Values.OrderByDescending(one => one.Severity).ThenByDescending(one => one.Series.Total).ThenBy(one => one.Cause, StringComparer.Ordinal)];

    /// <summary>Whether what is shown stands still; what happens meanwhile is taken in when it goes on.</summary>
    public bool StandsStill
    {
        get => _standsStill;
        set
        {
            _standsStill = value;
            if (value)
                return;
            foreach (Action one in _waiting)
                one();
            _waiting.Clear();
        }
    }

    /// <summary>Grows with whatever is to be shown.</summary>
    public int Version { get; private set; }

    /// <summary>Takes the verdict on one connection.</summary>
    public void See(Finding verdict) => Take(() => Add(verdict));

    /// <summary>Takes what an interval brought.</summary>
    public void See(WatchLook look) => Take(() => Add(look));

    private void Take(Action one)
    {
        if (_standsStill && _waiting.Count < MostWaiting)
        {
            _waiting.Add(one);
            return;
        }
        one();
        Version++;
    }

    private void Add(Finding verdict)
    {
        if (!_causes.TryGetValue(verdict.Cause, out CauseTrack? track))
            _causes[verdict.Cause] = track = new CauseTrack(verdict.Cause);
        track.Add(verdict);
        if (verdict.Severity != Severity.Info)
            Failed.Add(verdict.Last, verdict.Count);
        if (verdict.Last > Now)
            Now = verdict.Last;
    }

    private void Add(WatchLook look)
    {
        Tick tick = look.Tick;
        Reading = tick.Reading;
        Warnings = Tcpwhy.Readings.Warnings.Of(tick.Reading, thresholds);
        Now = tick.End > Now ? tick.End : Now;
        Lost += tick.Lost;
        OwnCpu = tick.End > tick.Start ? tick.Cpu / (tick.End - tick.Start) : 0;
        (Firing, AlertChanges) = (look.Firing, look.AlertChanges);
        if (look.Sockets is { } sockets)
            (Sockets, SocketTotal) = (sockets, look.SocketTotal);
        if (look.Pools is { } pools)
            Pools = pools;
        Connections.Add(tick.End, tick.Reading.Connections);
        if (tick.Reading.Rates is { } rates)
        {
            double seconds = tick.Reading.Interval.TotalSeconds;
            Opened.Add(tick.End, (long)Math.Round((rates.Opened + rates.Accepted) * seconds));
            Retransmitted.Add(tick.End, (long)Math.Round(rates.Retransmitted * seconds));
        }
    }
}

/// <summary>What an interval brought, with what the shown view asked for in its pass; null what it did not ask for.</summary>
internal sealed record WatchLook(Tick Tick)
{
    public IReadOnlyList<KeptSocket>? Sockets { get; init; }

    /// <summary>How many connections there were to pick from.</summary>
    public int SocketTotal { get; init; }
    public IReadOnlyList<JudgedPool>? Pools { get; init; }
    public IReadOnlyList<Alert> Firing { get; init; } = [];
    public IReadOnlyList<AlertChange> AlertChanges { get; init; } = [];
}
