using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tcpwhy.Attempts;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Loading;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Commands;

/// <summary>How the outcome of a load is written.</summary>
internal enum LoadFormat
{
    Text,
    Json,
    Csv,
}

/// <summary><c>load TARGET</c>: how much load does it bear, and why does each attempt fail?</summary>
internal sealed class LoadCommand : Verb
{
    private readonly Session _session;
    private readonly Argument<string> _target = new("TARGET") { Description = "HOST:PORT, or a URL with http or https" };
    private readonly LoadOptions _options;
    private readonly Option<double?> _maxFailures;
    private readonly Option<TimeSpan> _maxP99;
    private readonly Option<bool> _yes = new("--yes") { Description = "load another host without asking" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "say what would be sent, and send nothing" };
    private readonly Option<bool> _withoutBpf = new("--no-ebpf") { Description = "judge failures without watching the kernel" };
    private readonly Option<LoadFormat> _format;

    public LoadCommand(Session session)
        : base("load", "how much does a target bear, and why does each attempt fail?")
    {
        _session = session;
        _options = new LoadOptions(session);
        _maxFailures = new Option<double?>("--max-failures")
        {
            Description = "exit with 6 when a larger share fails: 0.1%",
            HelpName = "SHARE",
            CustomParser = result =>
            {
                string given = result.Tokens[0].Value;
                if (given.EndsWith('%') && double.TryParse(given.AsSpan(0, given.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) && percent <= 100)
                    return percent / 100;
                result.AddError(session.Talk.T("{0} takes a share as 0.1%, not '{1}'", "--max-failures", given));
                return null;
            },
        };
        _maxP99 = Duration.Option(session, "--max-p99", "exit with 6 when the 99th percentile of latency is longer", TimeSpan.Zero);
        _format = Choice.Of(session, "--format", "how to write the result", ("text", LoadFormat.Text), ("json", LoadFormat.Json), ("csv", LoadFormat.Csv));
        Add(_target);
        foreach (Option option in _options.All)
            Add(option);
        Add(_maxFailures);
        Add(_maxP99);
        Add(_yes);
        Add(_dryRun);
        Add(_withoutBpf);
        Add(_format);
        Examples =
        [
            "tcpwhy load http://localhost:8080/ --duration 10s --connections 64",
            "tcpwhy load localhost:8080 --http / --close --rate 500 --duration 1m --max-failures 0.1%",
            "tcpwhy load localhost:7 --connections 20000 --hold --duration 5m",
        ];
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        LoadTarget target = LoadTarget.Parse(parsed.GetRequiredValue(_target));
        LoadPlan plan = _options.Read(parsed, ref target);
        plan = plan with { Target = new Endpoint(Choose(target, plan), target.Port) };
        LoadRoom room = LoadRoom.Read(new ProcFs());
        room.Check(plan);
        string intent = LoadIntent.Of(plan, target, _session.Talk);
        if (parsed.GetValue(_dryRun))
        {
            _session.Page.Paragraph(0, intent);
            return ExitCode.Done;
        }
        if (!IPAddress.IsLoopback(plan.Target.Address) && !parsed.GetValue(_yes))
            Confirm(intent, plan);

        LoadResult result;
        AttemptVerdicts verdicts;
        using Interrupt interrupt = new();
        using (AttemptJudge judge = AttemptJudge.Start([plan.Target], !parsed.GetValue(_withoutBpf)))
        using (LoadRun run = LoadRun.Prepare(plan, room, Program(), judge.Observe, TimeProvider.System))
        {
            using (LoadView view = new(_session, run, plan, judge))
                result = run.Run(view.Tick, interrupt.Stop);
            verdicts = judge.Finish();
        }
        LoadOutcome outcome = new(result, target, verdicts, Limits(parsed));
        Write(outcome, parsed.GetValue(_format));
        return interrupt.Status(outcome.ExitCode);
    }

    // How this program starts itself: by its own launcher, or as a library of dotnet.
    private static string[] Program() => Environment.ProcessPath is { } path && Path.GetFileName(path) != "dotnet"
        ? [path]
        : [Environment.ProcessPath ?? "dotnet", Path.Combine(AppContext.BaseDirectory, "Tcpwhy.Cli.dll")];

    private void Write(LoadOutcome outcome, LoadFormat format)
    {
        switch (format)
        {
            case LoadFormat.Json:
                _session.Out.WriteLine(JsonText.Of(LoadJson.Of(outcome, _session.Language), JsonShapes.Document.LoadJson));
                break;
            case LoadFormat.Csv:
                LoadCsv.Write(outcome, _session.Out);
                break;
            default:
                LoadText.Write(outcome, _session.Page);
                break;
        }
        foreach (string warning in outcome.Warnings(_session.Talk))
            _session.Talk.Line(new Piece("tcpwhy: ", Ink.Yellow), warning);
    }

    private LoadBounds Limits(ParseResult parsed) => new(parsed.GetValue(_maxFailures), parsed.GetValue(_maxP99) is { Ticks: > 0 } p99 ? p99 : null);

    private void Confirm(string intent, LoadPlan plan)
    {
        Screen talk = _session.Talk;
        if (!_session.ErrorIsTerminal || Console.IsInputRedirected)
            throw new ToolException(talk.T("{0} is not this host: add --yes to send it this load ({1})", $"{plan.Target.Address}", intent), ExitCode.Usage);
        talk.Paragraph(0, intent);
        _session.Error.Write(talk.T("Go on? [y/N] "));
        _session.Error.Flush();
        if (Console.In.ReadLine()?.Trim().ToUpperInvariant() is not ("Y" or "YES"))
            throw new ToolException(talk.T("nothing was sent"), ExitCode.Usage);
    }

    // Of several addresses the first that takes a connection; which one is said.
    private IPAddress Choose(LoadTarget target, LoadPlan plan)
    {
        IPAddress[] addresses = target.Resolve();
        if (plan.Sources.Count > 0)
        {
            addresses = Array.FindAll(addresses, address => plan.Sources.All(source => source.AddressFamily == address.AddressFamily));
            if (addresses.Length == 0)
                throw new ToolException(_session.Talk.T("--source and {0} are not of one family of addresses", target.Host), ExitCode.Usage);
        }
        if (addresses.Length == 1)
            return addresses[0];
        foreach (IPAddress address in addresses)
        {
            using Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            using CancellationTokenSource patience = new(plan.ConnectTimeout);
            try
            {
                socket.ConnectAsync(address, target.Port, patience.Token).AsTask().GetAwaiter().GetResult();
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException)
            {
                continue;
            }
            Say(address);
            return address;
        }
        Say(addresses[0]);
        return addresses[0];

        void Say(IPAddress address) =>
            _session.Talk.Line(_session.Talk.T("{0} has {1} addresses; this load goes to {2}", target.Host, addresses.Length, address));
    }
}
