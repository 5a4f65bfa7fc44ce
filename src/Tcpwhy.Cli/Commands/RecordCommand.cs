using System.CommandLine;
using Tcpwhy.Cli.Ui;
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
        Add(_force);
        Examples = ["tcpwhy record broken.jsonl --duration 5m", "tcpwhy diagnose broken.jsonl"];
        SetAction(Run);
    }

    /// <summary>Opens the source that the command line names.</summary>
    internal Func<SourceChoice, ISource> Open { get; init; } = choice => choice.Open();

    private int Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(_file);
        TimeSpan time = parsed.GetValue(_duration);
        long events = 0;
        using Interrupt interrupt = new();
        using (ISource source = Open(new SourceChoice(null, parsed.GetValue(_filter) ?? [])))
        using (SourceChoice.Keep(path, parsed.GetValue(_force), out Action<Event> write))
        using (Progress progress = new(_session, time))
        {
            source.Run(
                seen =>
                {
                    write(seen);
                    events++;
                    progress.See(seen);
                    if (seen is Started)
                        interrupt.After(time);
                },
                interrupt.Stop);
        }
        _session.Talk.Line(_session.Talk.T("{0} events in {1}; judge them with: {2}", Measure.Number(events), path, $"tcpwhy diagnose {path}"));
        return interrupt.Status(ExitCode.Done);
    }
}
