using System.CommandLine;
using System.Text.Json;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>diagnose [FILTER...] [SOURCE]</c>: why do connections break?</summary>
internal sealed class DiagnoseCommand : Verb
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private readonly Session session;
    private readonly Argument<string[]> words = new("FILTER|SOURCE")
    {
        Description = "which connections, as ss says it: dport = :443, pid 4312, comm java; and a recording or capture instead of this host",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<TimeSpan> duration;
    private readonly Option<OutputFormat> format;
    private readonly Option<Severity?> failOn;
    private readonly Option<bool> redact = new("--redact") { Description = "mask addresses; the same address gets the same mask" };

    public DiagnoseCommand(Session session)
        : base("diagnose", "why do connections break?")
    {
        this.session = session;
        duration = Duration.Option(session, "--duration", "how long to watch this host (default 30s)", Window);
        format = Choice.FormatWithLines(session);
        failOn = Choice.Of<Severity?>(session, "--fail-on", "exit with 1 when there is a finding of this severity or a worse one", null,
            [("critical", Severity.Critical), ("warning", Severity.Warning), ("info", Severity.Info)]);
        Add(words);
        Add(duration);
        Add(failOn);
        Add(format);
        Add(redact);
        Examples =
        [
            "tcpwhy diagnose --duration 1m",
            "tcpwhy diagnose 'dport = :443' --fail-on critical",
            "tcpwhy diagnose capture.pcapng --format json",
        ];
        SetAction(Run);
    }

    /// <summary>Opens the source that the command line names.</summary>
    internal Func<SourceChoice, ISource> Open { get; init; } = choice => choice.Open();

    /// <summary>Turns a source into an answer.</summary>
    internal Func<ISource, Action<Event>?, Action<Finding>?, CancellationToken, Answer> Judge { get; init; } = Pipeline.Run;

    private int Run(ParseResult parsed)
    {
        SourceChoice choice = SourceChoice.From(parsed.GetValue(words) ?? []);
        TimeSpan time = parsed.GetValue(duration);
        OutputFormat output = parsed.GetValue(format);
        Redaction? redaction = parsed.GetValue(redact) ? new Redaction() : null;
        FindingWriter? lines = output == OutputFormat.Ndjson ? new FindingWriter(session.Out, session.Language) : null;

        using Interrupt interrupt = new();
        Answer answer;
        using (ISource source = Open(choice))
        using (Progress progress = new(session, choice.IsLive ? time : null))
        {
            answer = Judge(
                source,
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
        Write(answer, output, lines);
        return interrupt.Status(Fails(answer, parsed.GetValue(failOn)) ? ExitCode.Findings : ExitCode.Done);
    }

    private void Write(Answer answer, OutputFormat output, FindingWriter? lines)
    {
        if (lines is not null)
            lines.Summary(answer);
        else if (output == OutputFormat.Json)
            session.Out.WriteLine(JsonSerializer.Serialize(DiagnosisJson.Of(answer, session.Language), JsonShapes.Document.DiagnosisJson));
        else
            AnswerText.Write(answer, session.Page);
        session.Out.Flush();
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
