using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Filtering;
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
    private readonly Option<bool> _redact = new("--redact") { Description = "mask addresses; the same address gets the same mask" };

    public DiagnoseCommand(Session session)
        : base("diagnose", "why do connections break?")
    {
        _session = session;
        _duration = Duration.Option(_session, "--duration", "how long to watch this host (default 30s)", Window);
        _format = Choice.FormatWithLines(_session);
        _failOn = Choice.Of<Severity?>(_session, "--fail-on", "exit with 1 when there is a finding of this severity or a worse one", null,
            [("critical", Severity.Critical), ("warning", Severity.Warning), ("info", Severity.Info)]);
        Add(_words);
        Add(_source);
        Add(_duration);
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
        ];
        SetAction(Run);
    }

    /// <summary>Opens the source that the command line names.</summary>
    internal Func<SourceChoice, Screen, bool, ISource> Open { get; init; } = (choice, talk, payload) => choice.Open(talk, payload);

    /// <summary>Turns a source into an answer.</summary>
    internal Func<ISource, Filter, Action<Event>?, Action<Finding>?, CancellationToken, Answer> Judge { get; init; } = Pipeline.Run;

    private int Run(ParseResult parsed)
    {
        SourceChoice choice = SourceChoice.From(parsed.GetValue(_words) ?? []);
        Filter filter = choice.Connections();
        TimeSpan time = parsed.GetValue(_duration);
        OutputFormat output = parsed.GetValue(_format);
        // Read first: a file that is none must not cost the window.
        DiagnosisFile? before = parsed.GetValue(_compare) is { } file ? DiagnosisFile.Read(file) : null;
        Redaction? redaction = parsed.GetValue(_redact) ? new Redaction() : null;
        FindingWriter? lines = output == OutputFormat.Ndjson ? new FindingWriter(_session.Out, _session.Language) : null;

        using Interrupt interrupt = new();
        Answer answer;
        using (ISource source = Open(choice, _session.Talk, parsed.GetValue(_payload)))
        using (Progress progress = new(_session, choice.IsLive ? time : null))
        {
            answer = Judge(
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

        answer = redaction?.Of(answer) ?? answer;
        Write(answer, output, lines, before is null ? null
            : WindowComparison.Of(before, DiagnosisFile.Of(answer, _session.Language), filter != Filter.Everything, NormalCauses.All));
        return interrupt.Status(Fails(answer, parsed.GetValue(_failOn)) ? ExitCode.Findings : ExitCode.Done);
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
