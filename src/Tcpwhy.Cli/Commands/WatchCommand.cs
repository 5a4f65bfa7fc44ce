using System.CommandLine;
using System.Runtime.ExceptionServices;
using Tcpwhy.Alerting;
using Tcpwhy.Alerting.Delivery;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Cli.Ui.Watching;
using Tcpwhy.Filtering;
using Tcpwhy.History;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Sources;
using Tcpwhy.Watching;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>watch [FILTER...]</c>: the live full-screen view, or plain snapshots where there is no terminal.</summary>
internal sealed class WatchCommand : Verb
{
    private static readonly TimeSpan ScreenInterval = TimeSpan.FromSeconds(1);
    private readonly Session _session;
    private readonly Argument<string[]> _filter = new("FILTER")
    {
        Description = "which connections, as ss says it: dport = :443, pid 4312, comm java",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<TimeSpan> _duration;
    private readonly Option<TimeSpan> _interval;
    private readonly Option<bool> _once = new("--once") { Description = "one snapshot of one interval, and the end" };
    private readonly Option<OutputFormat> _format;
    private readonly HistoryChoice _history;

    public WatchCommand(Session session)
        : base("watch", "what happens to this host's TCP right now?")
    {
        _session = session;
        _duration = Duration.Option(session, "--duration", "how long to watch (default: until it is stopped)", Timeout.InfiniteTimeSpan);
        _interval = Duration.Option(session, "--interval", "time between two looks (default 1s on the screen, 5s for snapshots)", TimeSpan.Zero);
        _format = Choice.Of(session, "--format", "how to write snapshots", ("text", OutputFormat.Text), ("ndjson", OutputFormat.Ndjson));
        _history = new HistoryChoice(session);
        Add(_filter);
        Add(_duration);
        Add(_interval);
        Add(_once);
        Add(_format);
        Add(_history.File);
        Add(_history.None);
        Examples =
        [
            "tcpwhy watch",
            "tcpwhy watch 'dport = :5432' --duration 10m",
            "tcpwhy watch --interval 5s --duration 1m | tee watched.txt",
            "tcpwhy watch --format ndjson | jq -c '.states'",
        ];
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        SourceChoice choice = new(null, parsed.GetValue(_filter) ?? []);
        Filter filter = choice.Connections();
        bool once = parsed.GetValue(_once), full = !once && parsed.GetValue(_format) == OutputFormat.Text && HasScreen();
        TimeSpan interval = parsed.GetValue(_interval) is { Ticks: > 0 } given ? given : full ? ScreenInterval : Watch.UsualInterval;
        TimeSpan duration = once ? interval : parsed.GetValue(_duration);
        var proc = new ProcFs();
        using Interrupt interrupt = new();
        using SocketTable table = SocketTable.Open(proc, out _);
        using ISource source = choice.Open(_session.Talk);
        List<string> said = [];
        void Say(string line)
        {
            lock (said)
            {
                // The screen is not ours to write on while it is shown; who reads a journal wants it now.
                if (full)
                    said.Add(line);
                else
                    _session.Talk.Line(line);
            }
        }
        Parsed.Refuse(once && parsed.Gives(_history.File), "--once keeps no history: leave out --history");
        using HistoryWriter? history = _history.Write(parsed, filter == Filter.Everything, once, Say);
        AlertPlan plan = _session.Alerts;
        using AlertCenter alerts = AlertCenter.Open(plan, new Sender(Environment.MachineName, _session.Language), plan.Receivers.Count > 0 ? StateDirectory() : null, Say, TimeProvider.System);
        var data = new WatchData(TimeProvider.System.GetUtcNow(), table.Source, string.Join(' ', choice.Filter), plan.Thresholds);
        var state = new ViewState();
        var reader = new WatchReader(new HostReader(table, proc, TimeProvider.System, filter), proc, data, state);
        Reading? last = null;
        var watch = new Watch(source, filter, reader.Read, TimeProvider.System)
        {
            Interval = interval,
            Alerts = alerts,
            History = history,
            OnEvent = seen =>
            {
                if (seen is Started started)
                    Begin(started, full, duration, interrupt, data);
            },
            OnVerdict = verdict =>
            {
                lock (data.Gate)
                    data.See(verdict);
            },
            OnTick = tick =>
            {
                WatchLook look = reader.Look(tick, alerts);
                lock (data.Gate)
                    data.See(look);
                last = tick.Reading;
                if (!full)
                    Tell(tick.Alerts, said);
                // The first look has no rates yet.
                if (!full && !once && tick.Reading.Rates is not null)
                    Snapshot(tick.Reading, tick.Findings, plan.Thresholds, parsed.GetValue(_format));
            },
        };
        Answer answer = full ? OnScreen(watch, data, state, interrupt) : watch.Run(interrupt.Stop);
        if (full)
            said.ForEach(line => _session.Talk.Line(line));
        if (once && last is not null)
            Snapshot(last, answer.Findings, plan.Thresholds, parsed.GetValue(_format));
        else if (parsed.GetValue(_format) == OutputFormat.Text)
            AnswerText.Write(answer, _session.Page);
        return interrupt.Status(ExitCode.Done);
    }

    private void Tell(IReadOnlyList<AlertChange> changes, object gate)
    {
        lock (gate)
        {
            foreach (AlertChange change in changes)
                AlertText.Write(change, _session.Talk);
        }
    }

    private bool HasScreen() => _session.OutIsTerminal && _session.Variable("TERM") is { Length: > 0 } and not "dumb" && RawTerminal.IsThere();

    /// <summary>Watches on a thread of its own, while this one draws and takes keys.</summary>
    private Answer OnScreen(Watch watch, WatchData data, ViewState state, Interrupt interrupt)
    {
        Answer? answer = null;
        ExceptionDispatchInfo? failure = null;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(interrupt.Stop);
        var thread = new Thread(() =>
        {
            try
            {
                answer = watch.Run(ended.Token);
            }
#pragma warning disable CA1031 // it is rethrown when the terminal is itself again
            catch (Exception error)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
            ended.Cancel();
        })
        { Name = "watch", IsBackground = true };
        using (LiveScreen screen = new(_session))
        {
            thread.Start();
            try
            {
                screen.Run(data, state, ended.Token);
            }
            finally
            {
                ended.Cancel();
            }
        }
        thread.Join();
        failure?.Throw();
        return answer!;
    }

    private void Begin(Started started, bool full, TimeSpan duration, Interrupt interrupt, WatchData data)
    {
        lock (data.Gate)
            data.Source = started.Source;
        if (duration > TimeSpan.Zero)
            interrupt.After(duration);
        if (full)
            return;
        Screen talk = _session.Talk;
        string how = started.Kernel is { } kernel ? talk.T("{0} on Linux {1}", started.Source, kernel) : started.Source;
        // Scripts wait for a line that begins with this word, whatever the language.
        talk.Line("watching ", duration > TimeSpan.Zero
            ? talk.T("TCP with {0} for {1}; Ctrl-C ends it early", how, Measure.Of(duration)) : talk.T("TCP with {0}; Ctrl-C ends it", how));
        _session.Error.Flush();
    }

    private void Snapshot(Reading reading, IReadOnlyList<Finding> findings, Thresholds thresholds, OutputFormat format)
    {
        IReadOnlyList<Warning> warnings = Warnings.Of(reading, thresholds);
        if (format == OutputFormat.Ndjson)
        {
            _session.Out.WriteLine(JsonText.Of(SummaryJson.Of(reading, warnings, _session.Page), JsonShapes.Line.SummaryJson));
        }
        else
        {
            SnapshotText.Write(reading, findings, warnings, _session.Page);
            _session.Page.Blank();
        }
        _session.Out.Flush();
    }

    private string StateDirectory() => _session.Variable("XDG_STATE_HOME") is { Length: > 0 } state ? Path.Combine(state, "tcpwhy")
        : Environment.IsPrivilegedProcess ? "/var/lib/tcpwhy" : Path.Combine(_session.Variable("HOME") ?? "/tmp", ".local/state/tcpwhy");
}
