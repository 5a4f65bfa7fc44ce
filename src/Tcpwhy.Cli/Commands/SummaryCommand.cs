using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Filtering;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Readings;
using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>summary [FILTER...]</c>: the host's TCP at a glance.</summary>
internal sealed class SummaryCommand : Verb
{
    private readonly Session _session;
    private readonly Argument<string[]> _filter = new("FILTER")
    {
        Description = "which connections, as ss says it: dport = :443, pid 4312, comm java",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<TimeSpan> _interval;
    private readonly Option<int> _top;
    private readonly ThresholdOptions _thresholds;
    private readonly Option<OutputFormat> _format;
    private readonly Option<bool> _redact = new("--redact") { Description = "mask addresses; the same address gets the same mask" };
    private readonly Option<bool> _withoutBpf = new("--no-ebpf") { Description = "use sock_diag and /proc even where eBPF works" };

    public SummaryCommand(Session session)
        : base("summary", "how does this host's TCP fare, and which limit is near?")
    {
        _session = session;
        _interval = Duration.Option(session, "--interval", "time over which rates are measured (default 1s)", TimeSpan.FromSeconds(1));
        _top = WholeNumber.Option(session, "--top", "how many of each list to show (default 5)", 5, 1, 20);
        _thresholds = new ThresholdOptions(session);
        _format = Choice.Format(session);
        Add(_filter);
        Add(_interval);
        Add(_top);
        _thresholds.AddTo(this);
        Add(_format);
        Add(_redact);
        Add(_withoutBpf);
        Examples =
        [
            "tcpwhy summary",
            "tcpwhy summary --top 10 --max-time-wait 10000",
            "tcpwhy summary --format json | jq '.local_port_use[0]'",
        ];
        SetAction(Run);
    }

    /// <summary>Reads the host twice, an interval apart, and returns the second reading.</summary>
    internal Func<Filter, TimeSpan, bool, Reading>? Read { get; init; }

    private int Run(ParseResult parsed)
    {
        Filter filter = Filter.Parse(parsed.GetValue(_filter) ?? []);
        using Interrupt interrupt = new();
        Reading reading = Read?.Invoke(filter, parsed.GetValue(_interval), parsed.GetValue(_withoutBpf)) ?? OfThisHost(filter, parsed.GetValue(_interval), parsed.GetValue(_withoutBpf), interrupt);
        IReadOnlyList<Warning> warnings = Warnings.Of(reading, _thresholds.From(parsed));
        if (parsed.GetValue(_redact))
        {
            reading = new Redaction().Of(reading);
            warnings = Warnings.Of(reading, _thresholds.From(parsed));
        }
        if (parsed.GetValue(_format) == OutputFormat.Json)
            _session.Out.WriteLine(JsonText.Of(SummaryJson.Of(reading, warnings, _session.Page), JsonShapes.Document.SummaryJson));
        else
            SummaryText.Write(reading, warnings, parsed.GetValue(_top), _session.Page);
        return interrupt.Status(ExitCode.Done);
    }

    private Reading OfThisHost(Filter filter, TimeSpan interval, bool withoutBpf, Interrupt interrupt)
    {
        var proc = new ProcFs();
        string? obstacle = null;
        using SocketTable table = withoutBpf ? SocketTable.OpenSockDiag(proc) : SocketTable.Open(proc, out obstacle);
        var reader = new HostReader(table, proc, TimeProvider.System, filter);
        reader.Read();
        interrupt.Stop.WaitHandle.WaitOne(interval);
        Reading reading = reader.Read();
        SourceNotes.Tell(_session.Talk, obstacle, reading.Unseen);
        return reading;
    }
}
