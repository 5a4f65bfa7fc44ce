using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Filtering;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Pools;
using Tcpwhy.Pools.Runtimes.DotNet;
using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>pools [FILTER...]</c>: how does each process use its connections, seen from outside the process?</summary>
internal sealed class PoolsCommand : Verb
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private readonly Session _session;
    private readonly Argument<string[]> _filter = new("FILTER")
    {
        Description = "which connections, as ss says it: dport = :5432, pid 4312, comm java",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<TimeSpan> _duration;
    private readonly Option<TimeSpan> _interval;
    private readonly Option<OutputFormat> _format;
    private readonly Option<Severity?> _failOn;
    private readonly Option<bool> _all = new("--all") { Description = "tell healthy pools in full, too" };
    private readonly Option<bool> _redact = new("--redact") { Description = "mask addresses; the same address gets the same mask" };
    private readonly Option<bool> _withoutCounters = new("--no-own-counters") { Description = "do not ask .NET processes for what they count themselves" };
    private readonly Option<bool> _withoutBpf = new("--no-ebpf") { Description = "use sock_diag and /proc even where eBPF works" };

    public PoolsCommand(Session session)
        : base("pools", "does each process reuse, leak or run out of its connections?")
    {
        _session = session;
        _duration = Duration.Option(_session, "--duration", "how long to watch this host (default 10s)", Window);
        _interval = Duration.Option(_session, "--interval", "time between two looks (default 500ms)", TimeSpan.FromMilliseconds(500));
        _format = Choice.Format(_session);
        _failOn = Choice.Of<Severity?>(_session, "--fail-on", "exit with 1 when a pool's verdict is of this severity or a worse one", null,
            [("critical", Severity.Critical), ("warning", Severity.Warning), ("info", Severity.Info)]);
        Add(_filter);
        Add(_duration);
        Add(_interval);
        Add(_failOn);
        Add(_format);
        Add(_all);
        Add(_redact);
        Add(_withoutCounters);
        Add(_withoutBpf);
        Examples =
        [
            "tcpwhy pools",
            "tcpwhy pools 'dport = :5432' --duration 1m",
            "tcpwhy pools comm java --format json",
        ];
        SetAction(Run);
    }

    /// <summary>Watches the pools that the command line names.</summary>
    internal Func<Filter, TimeSpan, CancellationToken, PoolReport>? Watch { get; init; }

    private int Run(ParseResult parsed)
    {
        Filter filter = Filter.Parse(parsed.GetValue(_filter) ?? []);
        TimeSpan time = parsed.GetValue(_duration), interval = parsed.GetValue(_interval);
        if (interval > time / 2)
            throw new ToolException($"--interval: longer than half the duration ({Measure.Of(time)}), so there is nothing to compare", ExitCode.Usage);
        using Interrupt interrupt = new();
        PoolReport report = Watch?.Invoke(filter, time, interrupt.Stop) ?? OnThisHost(parsed, filter, time, interval, interrupt);
        if (parsed.GetValue(_redact))
            report = new Redaction().Of(report);
        if (parsed.GetValue(_format) == OutputFormat.Json)
            _session.Out.WriteLine(JsonText.Of(PoolsJson.Of(report, _session.Language), JsonShapes.Document.PoolsJson));
        else
            PoolsText.Write(report, parsed.GetValue(_all), _session.Page);
        bool fails = report.Pools.Any(pool => pool.First.Verdict != PoolVerdict.Healthy && pool.Judgements.Any(one => one.Severity >= parsed.GetValue(_failOn)));
        return interrupt.Status(fails ? ExitCode.Findings : ExitCode.Done);
    }

    private PoolReport OnThisHost(ParseResult parsed, Filter filter, TimeSpan time, TimeSpan interval, Interrupt interrupt)
    {
        bool withoutBpf = parsed.GetValue(_withoutBpf);
        Screen talk = _session.Talk;
        var proc = new ProcFs();
        string? obstacle = null;
        using SocketTable table = withoutBpf ? SocketTable.OpenSockDiag(proc) : SocketTable.Open(proc, out obstacle);
        using ISource? counter = withoutBpf || obstacle is not null ? null : Counter(proc, out obstacle);
        if (obstacle is not null)
            talk.Line(talk.T("connections that live between two looks go uncounted, for the kernel cannot be watched: {0}", obstacle));
        using OwnCounters? counters = parsed.GetValue(_withoutCounters) ? null : new OwnCounters(proc);
        using PoolProgress progress = new(_session, time);
        PoolReport report = new PoolWatch(table, counter, proc, filter, TimeProvider.System) { Counters = counters }.Run(interval, () =>
        {
            progress.Begin(table.Source);
            interrupt.After(time);
        }, progress.See, interrupt.Stop);
        if (report.CountersUnread is [var first, ..])
            talk.Line(talk.T("what {0} .NET processes count themselves cannot be read; of pid {1}: {2}", report.CountersUnread.Count, first.Pid, talk.T(first.Why)));
        if (report.Unseen.Processes > 0)
            talk.Line(talk.T("sockets of {0} processes are shown without their process: run it as root to see them", report.Unseen.Processes));
        if (report.Unseen.Namespaces > 0)
            talk.Line(talk.T("{0} network namespaces cannot be entered and are not shown: run it as root to see them", report.Unseen.Namespaces));
        return report;
    }

    private static BpfSource? Counter(ProcFs proc, out string? obstacle)
    {
        try
        {
            obstacle = null;
            return BpfSource.Attach(new Features(proc), proc, TimeProvider.System);
        }
        catch (Exception refused) when (refused is KernelException or FeatureMissingException or DllNotFoundException)
        {
            obstacle = refused.Message;
            return null;
        }
    }
}
