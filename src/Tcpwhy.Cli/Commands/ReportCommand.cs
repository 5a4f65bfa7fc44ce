using System.CommandLine;
using Tcpwhy.Alerting;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Html;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Filtering;
using Tcpwhy.History;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Reporting;
using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>report [FILTER...] [SOURCE]</c>: what happened, on one page.</summary>
internal sealed class ReportCommand : Verb
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);
    private readonly Session _session;
    private readonly Argument<string[]> _words = new("FILTER")
    {
        Description = "which connections, as ss says it: dport = :443, pid 4312, comm java",
        Arity = ArgumentArity.ZeroOrMore,
    };

    // For --help alone: the words before it take everything, and SourceChoice tells the file among them.
    private readonly Argument<string?> _source = new("SOURCE")
    {
        Description = "a recording (.jsonl) to report on instead of this host",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<TimeSpan> _duration;
    private readonly Option<bool> _once = new("--once") { Description = "take one reading of this host and report on it at once" };
    private readonly Option<ReportFormat?> _format;
    private readonly Option<string?> _output = new("--output") { Description = "write the report to this file; .html and .json say how", HelpName = "FILE" };
    private readonly Option<bool> _force = new("--force") { Description = "write over a file that exists" };
    private readonly Option<string?> _since = new("--since") { Description = "report on what history kept since then: 2h (ago), 14:02 or '2026-11-22 14:02:11'", HelpName = "TIME" };
    private readonly Option<string?> _until = new("--until") { Description = "the end of that time (default: now)", HelpName = "TIME" };
    private readonly HistoryChoice _history;
    private readonly Option<bool> _redact = new("--redact") { Description = "mask addresses; the same address gets the same mask" };

    public ReportCommand(Session session)
        : base("report", "what happened to this host's TCP, on one page?")
    {
        _session = session;
        _duration = Duration.Option(session, "--duration", "how long to watch this host (default 30s)", Usual);
        _format = Choice.Of<ReportFormat?>(session, "--format", "how to write the report (default: by the file's name, else text)", null,
            [("text", ReportFormat.Text), ("json", ReportFormat.Json), ("html", ReportFormat.Html)]);
        _history = new HistoryChoice(session);
        Add(_words);
        Add(_source);
        Add(_duration);
        Add(_once);
        Add(_since);
        Add(_until);
        Add(_history.File);
        Add(_format);
        Add(_output);
        Add(_force);
        Add(_redact);
        Examples =
        [
            "tcpwhy report --duration 5m --output report.html",
            "tcpwhy report broken.jsonl --format html > broken.html",
            "tcpwhy report --since 24h --output yesterday.html",
            "tcpwhy report --once --format json",
        ];
        SetAction(Run);
    }

    /// <summary>What time it is, for times that are given as a time of day or as so long ago.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gathers the report in place of this host.</summary>
    internal Func<Report>? Gather { get; init; }

    private int Run(ParseResult parsed)
    {
        string[] words = parsed.GetValue(_words) ?? [];
        bool once = parsed.GetValue(_once), past = parsed.Gives(_since);
        SourceChoice choice = past ? new SourceChoice(null, words) : SourceChoice.From(words);
        Check(parsed, choice, once, past);
        OutputPath? file = parsed.GetValue(_output) is { } path ? new OutputPath(path, parsed.GetValue(_force)) : null;
        file?.Check();
        Filter filter = choice.Connections();
        ReportFormat format = parsed.GetValue(_format) ?? ByName(file?.Path);
        AlertPlan plan = _session.Alerts;

        using Interrupt interrupt = new();
        Report report = Gather?.Invoke()
            ?? (past ? Past(parsed, filter, plan)
            : once ? Read((read, _) => ReportWatch.Once(read, plan), filter)
            : choice.IsLive ? Watch(choice, filter, plan, parsed.GetValue(_duration), interrupt)
            : Replay(choice, filter, interrupt));
        if (parsed.GetValue(_redact))
            report = new Redaction().Of(report);
        Write(report, format, file);
        return interrupt.Status(ExitCode.Done);
    }

    private void Check(ParseResult parsed, SourceChoice choice, bool once, bool past)
    {
        bool time = parsed.Gives(_duration);
        Parsed.Refuse(once && time, "--once takes one reading at once: it has no --duration");
        Parsed.Refuse(once && past, "--once reads this host now: leave out --since");
        Parsed.Refuse(once && !choice.IsLive, "--once reads this host, not a recording");
        Parsed.Refuse(time && !choice.IsLive, "--duration is for watching this host; a recording has its own");
        Parsed.Refuse(past && time, "--duration is for watching now: history is asked with --since and --until");
        Parsed.Refuse(parsed.Gives(_until) && !past, "--until needs --since");
    }

    private Report Past(ParseResult parsed, Filter filter, AlertPlan plan)
    {
        DateTimeOffset now = Time.GetUtcNow();
        DateTimeOffset since = PastTime.Read("--since", parsed.GetValue(_since)!, now, Time.LocalTimeZone);
        DateTimeOffset until = parsed.GetValue(_until) is { } given ? PastTime.Read("--until", given, now, Time.LocalTimeZone) : now;
        Parsed.Refuse(since >= until, "--since has to be before --until");
        using HistoryReader history = _history.Read(parsed);
        return ReportWatch.History(history, since, until, filter, plan.Thresholds, window => HistoryNotes.Of(window, history.Path, _session.Page));
    }

    private Report Watch(SourceChoice choice, Filter filter, AlertPlan plan, TimeSpan time, Interrupt interrupt) => Read(
        (read, clock) =>
        {
            using ISource source = choice.Open(_session.Talk);
            using Progress progress = new(_session, time);
            return ReportWatch.Window(source, filter, read, plan, Interval(time), seen =>
            {
                progress.See(seen);
                if (seen is Started)
                    interrupt.After(time);
            }, clock, interrupt.Stop);
        },
        filter);

    private Report Replay(SourceChoice choice, Filter filter, Interrupt interrupt)
    {
        using ISource source = choice.Open(_session.Talk);
        using Progress progress = new(_session, null);
        return ReportWatch.Recording(source, filter, progress.See, interrupt.Stop);
    }

    private Report Read(Func<ReportWatch.Reader, TimeProvider, Report> gather, Filter filter)
    {
        var proc = new ProcFs();
        using SocketTable table = SocketTable.Open(proc, out string? obstacle);
        var reader = new HostReader(table, proc, TimeProvider.System, filter);
        Report report = gather(
            roundTrips => reader.Read(
                (in TcpSocket socket) =>
                {
                    if (socket.State == TcpState.Established && socket.Rtt > TimeSpan.Zero)
                        roundTrips.Add(socket.Rtt);
                },
                full: true),
            TimeProvider.System);
        SourceNotes.Tell(_session.Talk, obstacle, report.Last?.Unseen ?? default);
        return report;
    }

    private void Write(Report report, ReportFormat format, OutputPath? file)
    {
        using StringWriter text = new() { NewLine = "\n" };
        Screen page = file is null ? _session.Page : new Screen(text, _session.Page.Width, colour: false, _session.Language);
        switch (format)
        {
            case ReportFormat.Html:
                (file is null ? _session.Out : text).Write(ReportPage.Of(report, page));
                break;
            case ReportFormat.Json:
                (file is null ? _session.Out : text).WriteLine(JsonText.Of(ReportJson.Of(report, page), JsonShapes.Document.ReportJson));
                break;
            default:
                ReportText.Write(report, page);
                break;
        }
        if (file is null)
            return;
        file.Write(text.ToString());
        _session.Talk.Line(_session.Talk.T("wrote {0}", file.Path));
    }

    private static ReportFormat ByName(string? path) => Path.GetExtension(path) switch
    {
        ".html" or ".htm" => ReportFormat.Html,
        ".json" => ReportFormat.Json,
        _ => ReportFormat.Text,
    };

    // Enough points for patterns in a short window, and no more than history would have in a long one.
    private static TimeSpan Interval(TimeSpan time) => TimeSpan.FromSeconds(Math.Clamp(time.TotalSeconds / 60, 0.5, 5));

    private enum ReportFormat
    {
        Text,
        Json,
        Html,
    }
}
