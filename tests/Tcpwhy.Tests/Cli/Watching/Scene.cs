using Tcpwhy.Alerting;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Watching;
using Tcpwhy.Filtering;
using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Sources;
using Tcpwhy.Tests.Pools;
using Tcpwhy.Tests.Readings;
using Tcpwhy.Texts;
using Tcpwhy.Watching;

namespace Tcpwhy.Tests.Cli.Watching;

/// <summary>A watch of five minutes in which three things went wrong, and what a user sees of it after some keys.</summary>
internal sealed class Scene
{
    private static readonly DateTimeOffset End = ReadingExamples.Noon;
    private readonly AlertEvaluator _alerts = new(AlertPlan.Usual.Rules, []);
    private readonly List<AlertChange> _changes = [];

    public Scene(bool empty = false)
    {
        Data = new WatchData(End.AddMinutes(-5), "ebpf", empty ? "" : "dport = :5432 or sport = :443", Thresholds.Default);
        if (empty)
            return;
        for (int second = 300; second >= 0; second--)
            Second(second);
    }

    public WatchData Data { get; }

    public ViewState State { get; } = new();

    public static WatchLook Look(DateTimeOffset end) => new(new Tick
    {
        Start = end.AddSeconds(-1),
        Reading = ReadingExamples.Crowded with { Time = end },
        Findings = [Examples.CloseUnread with { First = end, Last = end }],
        Cpu = TimeSpan.FromMilliseconds(13),
    });

    /// <summary>The screen after the keys.</summary>
    public CellBuffer Draw(int width, int height, Language language, params Key[] keys)
    {
        CellBuffer cells = new(width, height);
        Screen words = new(TextWriter.Null, width, colour: true, language);
        WatchView.Draw(Data, State, cells, words);
        foreach (Key key in keys)
        {
            State.Press(key, WatchView.PageRows(height));
            WatchView.Draw(Data, State, cells, words);
        }
        return cells;
    }

    private void Second(int before)
    {
        DateTimeOffset now = End.AddSeconds(-before);
        if (before % 7 == 3 && before < 200)
            Data.See(At(Examples.CloseUnread with { Count = 1 + (before / 40) }, now));
        if (before % 31 == 5)
            Data.See(At(Examples.SlowAccept with { Count = 1 }, now));
        if (before % 13 == 1)
            Data.See(At(Examples.HealthCheck with { Count = 2 }, now));
        if (before % 30 != 0)
            return;
        WatchLook look = Look(now);
        _changes.AddRange(_alerts.Observe(look.Tick.Reading, look.Tick.Findings));
        SocketPicker picker = new(State.Order, State.Ascending, Filter.Everything, 500);
        SocketExamples.Each(picker.See);
        Data.See(look with { Sockets = picker.Picked(), SocketTotal = picker.Total, Pools = PoolExamples.Broken.Pools, Firing = _alerts.Firing, AlertChanges = [.. _changes] });
    }

    private static Finding At(Finding finding, DateTimeOffset time) => finding with { First = time, Last = time };
}
