using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Filtering;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>record FILE [FILTER...]</c>: keeps the evidence, to be judged later, anywhere, without root.</summary>
internal sealed class RecordCommand : Verb
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private readonly Session _session;
    private readonly Argument<string> _file = new("FILE") { Description = "the recording to write, as broken.jsonl" };
    private readonly Argument<string[]> _filter = new("FILTER")
    {
        Description = "which connections, as ss says it: dport = :443, pid 4312, comm java",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> _payload = new("--payload") { Description = "look at first bytes too: TLS alerts, HTTP where TLS is due, PROXY headers" };
    private readonly Option<TimeSpan> _duration;
    private readonly Option<bool> _force = new("--force") { Description = "write over a recording that exists" };

    public RecordCommand(Session session)
        : base("record", "keep the evidence now and judge it later, anywhere, without root")
    {
        _session = session;
        _duration = Duration.Option(_session, "--duration", "how long to watch this host (default 30s)", Window);
        Add(_file);
        Add(_filter);
        Add(_duration);
        Add(_payload);
        Add(_force);
        Examples = ["tcpwhy record broken.jsonl --duration 5m", "tcpwhy diagnose broken.jsonl"];
        SetAction(Run);
    }

    /// <summary>Opens the source that the command line names.</summary>
    internal Func<SourceChoice, Screen, bool, ISource> Open { get; init; } = (choice, talk, payload) => choice.Open(talk, payload);

    private int Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(_file);
        TimeSpan time = parsed.GetValue(_duration);
        var choice = new SourceChoice(null, parsed.GetValue(_filter) ?? []);
        Filter filter = choice.Connections();
        using Interrupt interrupt = new();
        using ISource source = Open(choice, _session.Talk, parsed.GetValue(_payload));
        using RecordingWriter recording = RecordingWriter.Create(path, Environment.MachineName, Environment.OSVersion.Version.ToString(), parsed.GetValue(_force), TimeProvider.System);
        using (Progress progress = new(_session, time))
        {
            source.Run(
                seen =>
                {
                    if (filter.Matches(seen))
                        recording.Write(seen);
                    progress.See(seen);
                    if (seen is Started)
                        interrupt.After(time);
                },
                interrupt.Stop);
        }
        recording.Finish();
        long events = recording.Events;
        _session.Talk.Line(_session.Talk.T("{0} events in {1}; judge them with: {2}", Measure.Number(events), path, $"tcpwhy diagnose {path}"));
        return interrupt.Status(ExitCode.Done);
    }
}
