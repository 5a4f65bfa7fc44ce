using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Filtering;
using Tcpwhy.History;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>diagnose [FILTER...] [SOURCE]</c>: why do connections break?</summary>
internal sealed class DiagnoseCommand : Verb
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private readonly Session _session;
    private readonly Argument<string[]> _words = new("FILTER")
    {
        Description = "which connections, as ss says it: dport = :443, pid 4312, comm java",
        Arity = ArgumentArity.ZeroOrMore,
    };

    // For --help alone: the words before it take everything, and SourceChoice tells the file among them.
    private readonly Argument<string?> _source = new("SOURCE")
    {
        Description = "a recording (.jsonl) or a capture (.pcap, .pcapng) to judge instead of this host",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _payload = new("--payload") { Description = "look at first bytes too: TLS alerts, HTTP where TLS is due, PROXY headers" };
    private readonly Option<TimeSpan> _duration;
    private readonly Option<OutputFormat> _format;
    private readonly Option<Severity?> _failOn;
    private readonly Option<string?> _compare = new("--compare") { Description = "compare the failures with those of an earlier 'diagnose --format json'", HelpName = "FILE" };
    private readonly Option<string?> _since = new("--since") { Description = "judge what history kept since then: 2h (ago), 14:02 or '2026-11-22 14:02:11'", HelpName = "TIME" };
    private readonly Option<string?> _until = new("--until") { Description = "the end of that time (default: now)", HelpName = "TIME" };
    private readonly Option<string?> _at = new("--at") { Description = "a line of some program's log: the verdict of the connection that it speaks of, from history", HelpName = "LINE" };
    private readonly HistoryChoice _history;
    private readonly Option<bool> _redact = new("--redact") { Description = "mask addresses; the same address gets the same mask" };

    public DiagnoseCommand(Session session)
        : base("diagnose", "why do connections break?")
    {
        _session = session;
        _duration = Duration.Option(_session, "--duration", "how long to watch this host (default 30s)", Window);
        _format = Choice.FormatWithLines(_session);
        _failOn = Choice.Of<Severity?>(_session, "--fail-on", "exit with 1 when there is a finding of this severity or a worse one", null,
            [("critical", Severity.Critical), ("warning", Severity.Warning), ("info", Severity.Info)]);
        _history = new HistoryChoice(session);
        Add(_words);
        Add(_source);
        Add(_duration);
        Add(_since);
        Add(_until);
        Add(_at);
        Add(_history.File);
        Add(_failOn);
        Add(_payload);
        Add(_compare);
        Add(_format);
        Add(_redact);
        Examples =
        [
            "tcpwhy diagnose --duration 1m",
            "tcpwhy diagnose 'dport = :443' --fail-on critical",
            "tcpwhy diagnose capture.pcapng --format json",
            "tcpwhy diagnose --compare before.json",
            "tcpwhy diagnose --since 2h",
            "tcpwhy diagnose --at 'Nov 22 14:02:11 app: 10.0.3.4:51234 reset'",
        ];
        SetAction(Run);
    }

    /// <summary>Opens the source that the command line names.</summary>
    internal Func<SourceChoice, Screen, bool, ISource> Open { get; init; } = (choice, talk, payload) => choice.Open(talk, payload);

    /// <summary>Turns a source into an answer.</summary>
    internal Func<ISource, Filter, Action<Event>?, Action<Finding>?, CancellationToken, Answer> Judge { get; init; } = Pipeline.Run;

    /// <summary>What time it is, for times that are given as a time of day or as so long ago.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    private int Run(ParseResult parsed)
    {
        string[] words = parsed.GetValue(_words) ?? [];
        Check(parsed, words);
        if (parsed.GetValue(_at) is { } line)
            return LookUp(parsed, line);
        // Read first: a file that is none must not cost the window.
        DiagnosisFile? before = parsed.GetValue(_compare) is { } file ? DiagnosisFile.Read(file) : null;
        OutputFormat output = parsed.GetValue(_format);
        Redaction? redaction = parsed.GetValue(_redact) ? new Redaction() : null;
        FindingWriter? lines = output == OutputFormat.Ndjson ? new FindingWriter(_session.Out, _session.Language) : null;
        SourceChoice choice = parsed.Gives(_since) ? new SourceChoice(null, words) : SourceChoice.From(words);
        Filter filter = choice.Connections();
        using Interrupt interrupt = new();
        Answer answer = parsed.Gives(_since) ? Past(parsed, filter) : Watched(parsed, choice, filter, interrupt, lines, redaction);

        answer = redaction?.Of(answer) ?? answer;
        if (parsed.Gives(_since) && lines is not null)
        {
            foreach (Finding finding in answer.Findings)
                lines.Write(finding);
        }
        Write(answer, output, lines, before is null ? null
            : WindowComparison.Of(before, DiagnosisFile.Of(answer, _session.Language), filter != Filter.Everything, NormalCauses.All));
        return interrupt.Status(Fails(answer, parsed.GetValue(_failOn)) ? ExitCode.Findings : ExitCode.Done);
    }

    private Answer Watched(ParseResult parsed, SourceChoice choice, Filter filter, Interrupt interrupt, FindingWriter? lines, Redaction? redaction)
    {
        TimeSpan time = parsed.GetValue(_duration);
        using ISource source = Open(choice, _session.Talk, parsed.GetValue(_payload));
        using Progress progress = new(_session, choice.IsLive ? time : null);
        return Judge(
            source,
            filter,
            seen =>
            {
                progress.See(seen);
                if (seen is Started && choice.IsLive)
                    interrupt.After(time);
            },
            lines is null ? null : finding => lines.Write(redaction?.Of(finding) ?? finding),
            interrupt.Stop);
    }

    private Answer Past(ParseResult parsed, Filter filter)
    {
        DateTimeOffset now = Time.GetUtcNow();
        DateTimeOffset since = PastTime.Read("--since", parsed.GetValue(_since)!, now, Time.LocalTimeZone);
        DateTimeOffset until = parsed.GetValue(_until) is { } given ? PastTime.Read("--until", given, now, Time.LocalTimeZone) : now;
        Parsed.Refuse(since >= until, "--since has to be before --until");
        using HistoryReader history = _history.Read(parsed);
        return HistoryNotes.Of(history.Window(since, until, filter), history.Path, _session.Page);
    }

    private int LookUp(ParseResult parsed, string text)
    {
        LogLine line = LogLine.Read(text, Time.GetUtcNow(), Time.LocalTimeZone);
        using HistoryReader history = _history.Read(parsed);
        LookupAnswer answer = Lookup.Ask(history, line);
        if (parsed.GetValue(_redact))
        {
            var redaction = new Redaction();
            Candidate Masked(Candidate one) => one with { Finding = redaction.Of(one.Finding) };
            answer = answer with
            {
                Line = line with { Ends = [.. line.Ends.Select(redaction.Of)] },
                Found = answer.Found is { } one ? Masked(one) : null,
                Near = [.. answer.Near.Select(Masked)],
            };
        }
        if (parsed.GetValue(_format) == OutputFormat.Text)
            LookupText.Write(answer, _session.Page);
        else
            _session.Out.WriteLine(JsonText.Of(LookupJson.Of(answer, _session.Page), (parsed.GetValue(_format) == OutputFormat.Json ? JsonShapes.Document : JsonShapes.Line).LookupJson));
        return answer.Found?.Finding.Severity >= parsed.GetValue(_failOn) ? ExitCode.Findings : ExitCode.Done;
    }

    private void Check(ParseResult parsed, string[] words)
    {
        bool past = parsed.Gives(_since), line = parsed.Gives(_at);
        Parsed.Refuse(past && line, "--at finds its own time: leave out --since");
        Parsed.Refuse(parsed.Gives(_until) && !past, "--until needs --since");
        Parsed.Refuse((past || line) && parsed.Gives(_duration), "--duration is for watching now: history is asked with --since and --until");
        Parsed.Refuse(line && words.Length > 0, "--at takes the whole line as one word: put it in quotes, and leave out FILTER and SOURCE");
        Parsed.Refuse(line && parsed.Gives(_compare), "--at is about one connection: there is nothing to compare");
        Parsed.Refuse(past && words.Any(word => word.Split(' ', '(').Any(part => part is "state" or "exclude" or "excl")), "history knows connections that broke, not their states: leave 'state' out of FILTER");
    }

    private void Write(Answer answer, OutputFormat output, FindingWriter? lines, WindowComparison? comparison)
    {
        ComparisonJson? json = comparison is null ? null : ComparisonJson.Of(comparison);
        if (lines is not null)
            lines.Summary(answer, json);
        else if (output == OutputFormat.Json)
            _session.Out.WriteLine(JsonText.Of(DiagnosisJson.Of(answer, _session.Language) with { Comparison = json }, JsonShapes.Document.DiagnosisJson));
        else
            AnswerText.Write(answer, _session.Page);
        if (comparison is not null && output == OutputFormat.Text)
        {
            _session.Page.Blank();
            ComparisonText.Write(comparison, _session.Page);
        }
    }

    private static bool Fails(Answer answer, Severity? threshold)
    {
        foreach (Finding finding in answer.Findings)
        {
            if (finding.Severity >= threshold)
                return true;
        }
        return false;
    }
}
