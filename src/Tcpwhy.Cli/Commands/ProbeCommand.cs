using System.CommandLine;
using System.Net.Sockets;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Model;
using Tcpwhy.Probing;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>probe HOST:PORT</c>: each stage of a connection timed, each address of the name judged apart.</summary>
internal sealed class ProbeCommand : Verb
{
    private readonly Session _session;
    private readonly Argument<string?> _target = new("HOST:PORT")
    {
        Description = "what to connect to; what is left out is localhost or 8080",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<int> _count;
    private readonly Option<bool> _tls = new("--tls") { Description = "shake hands for TLS too, with the name as SNI" };
    private readonly Option<string?> _http = new("--http") { Description = "make a GET request for this path", HelpName = "PATH" };
    private readonly Option<bool> _mtu = new("--mtu") { Description = "find the size of packets that vanish: sends the request, or empty lines, in full segments" };
    private readonly Option<bool> _ipv4 = new("--ipv4", "--4", "-4") { Description = "IPv4 addresses alone; also --4" };
    private readonly Option<bool> _ipv6 = new("--ipv6", "--6", "-6") { Description = "IPv6 addresses alone; also --6" };
    private readonly Option<TimeSpan> _connectTimeout;
    private readonly Option<TimeSpan> _responseTimeout;
    private readonly SocketChoice _socket;
    private readonly IdleChoice _idle;
    private readonly Option<bool> _verbose = new("--verbose") { Description = "show every number of TCP_INFO" };
    private readonly Option<bool> _withoutBpf = new("--no-ebpf") { Description = "judge by what the attempts meet, without watching the kernel" };
    private readonly Option<OutputFormat> _format;

    public ProbeCommand(Session session)
        : base("probe", "does this service answer, at each of its addresses, how fast, and if not, why?")
    {
        _session = session;
        _count = WholeNumber.Option(session, "--count", "attempts for each address (default 5)", 5, 1, 1000);
        _connectTimeout = Duration.Option(session, "--connect-timeout", "how long a handshake may take (default 30s)", TimeSpan.FromSeconds(30));
        _responseTimeout = Duration.Option(session, "--response-timeout", "how long TLS and an answer may take (default 10s)", TimeSpan.FromSeconds(10));
        _socket = new SocketChoice(session);
        _idle = new IdleChoice(session);
        _format = Choice.Format(session);
        Add(_target);
        foreach (Option option in (Option[])[_count, _tls, _http, _mtu, _ipv4, _ipv6, _connectTimeout, _responseTimeout, .. _socket.Options, .. _idle.Options, _verbose, _withoutBpf, _format])
            Add(option);
        Examples =
        [
            "tcpwhy probe db.example:5432",
            "tcpwhy probe shop.example:443 --tls --http /health",
            "tcpwhy probe shop.example:443 --tls --mtu",
            "tcpwhy probe 10.0.0.9:8080 --keepalive --user-timeout 30s --verbose",
            "tcpwhy probe 10.0.0.9:8080 --http / --idle --reuse",
        ];
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        ProbePlan plan = Plan(parsed);
        _idle.Check(parsed, plan);
        bool json = parsed.GetValue(_format) == OutputFormat.Json;
        using Interrupt interrupt = new();
        ProbeResult result;
        try
        {
            using var progress = new ProbeProgress(_session);
            var prober = new Prober(plan, TimeProvider.System) { OnResolved = progress.Begin, OnAttempt = _ => progress.Step() };
            result = prober.RunAsync(interrupt.Stop).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (interrupt.Stop.IsCancellationRequested)
        {
            return interrupt.Status(ExitCode.Done);
        }
        result = _idle.Follow(parsed, result, _session, interrupt.Stop);
        if (json)
            _session.Out.WriteLine(JsonText.Of(ProbeJson.Of(result, _session.Language), JsonShapes.Document.ProbeJson));
        else
            ProbeText.Write(result, _session.Page, parsed.GetValue(_verbose));
        return interrupt.Status(result.ExitCode);
    }

    private ProbePlan Plan(ParseResult parsed)
    {
        (bool four, bool six) = (parsed.GetValue(_ipv4), parsed.GetValue(_ipv6));
        return new ProbePlan
        {
            Target = parsed.GetValue(_target) is { } target ? ProbeTarget.Parse(target) : ProbeTarget.Default,
            Count = parsed.GetValue(_count),
            Family = four == six ? AddressFamily.Unspecified : four ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6,
            Socket = _socket.From(parsed),
            Tls = parsed.GetValue(_tls),
            HttpPath = parsed.GetValue(_http) is { } path ? CheckedPath(path) : null,
            Mtu = parsed.GetValue(_mtu),
            ConnectTimeout = parsed.GetValue(_connectTimeout),
            ResponseTimeout = parsed.GetValue(_responseTimeout),
            WatchKernel = !parsed.GetValue(_withoutBpf),
        };
    }

    private static string CheckedPath(string path) =>
        path.Length > 0 && path[0] == '/' && path.Length <= 4096 && path.All(c => c is > ' ' and < '\x7f')
            ? path
            : throw new ToolException("--http takes a path that begins with / and has no spaces, as /health?full=1", ExitCode.Usage);
}
