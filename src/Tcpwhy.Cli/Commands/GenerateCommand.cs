using System.CommandLine;
using System.Net;
using Tcpwhy.Balancers;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>generate haproxy|nginx BACKEND...</c>: a load-balancer configuration that keeps connections alive.</summary>
internal sealed class GenerateCommand : Verb
{
    private static readonly TimeSpan NotSaid = TimeSpan.Zero;
    private static readonly string[] Programs = ["haproxy", "nginx"];
    private readonly Session _session;
    private readonly Argument<string> _program = new("PROGRAM") { Description = "haproxy or nginx" };
    private readonly Argument<string[]> _backends = new("BACKEND")
    {
        Description = "the servers: [name=]host:port[,weight=N], an IPv6 address as [fd00::1]:8080",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<Front> _front;
    private readonly Option<TimeSpan> _frontIdle;
    private readonly Option<TimeSpan> _backendKeepAlive;
    private readonly MeasureChoice _measure;
    private readonly Option<BalancerMode> _mode;
    private readonly Option<string?> _health = new("--health") { Description = "path that a healthy backend answers with 2xx or 3xx", HelpName = "PATH" };
    private readonly Option<string?> _tls = new("--tls") { Description = "serve TLS with this certificate (PEM; for haproxy with its key)", HelpName = "CERT" };
    private readonly Option<string?> _tlsKey = new("--tls-key") { Description = "the certificate's key, when it has a file of its own", HelpName = "KEY" };
    private readonly Option<string?> _backendTls = new("--backend-tls") { Description = "speak TLS to the backends, whose certificates bear this name", HelpName = "NAME" };
    private readonly Option<string?> _webSocket = new("--websocket") { Description = "path of WebSockets, / for anywhere", HelpName = "PATH" };
    private readonly Option<int?> _most = new("--maxconn") { Description = "most connections to one backend at once", HelpName = "N" };
    private readonly Option<string> _name = new("--name") { Description = "name of the backend in the configuration (default app)", HelpName = "NAME", DefaultValueFactory = _ => "app" };
    private readonly Option<string?> _listen = new("--listen") { Description = "where to listen: PORT or ADDRESS:PORT (default 80, with --tls 443)", HelpName = "PORT" };
    private readonly Option<string?> _version = new("--target-version") { Description = "version to write for (default: the installed one)", HelpName = "VERSION" };
    private readonly Option<string?> _output = new("-o") { Description = "write to this file instead of stdout", HelpName = "FILE" };
    private readonly Option<bool> _force = new("--force") { Description = "with -o: replace a file that exists, keeping a backup" };

    public GenerateCommand(Session session)
        : base("generate", "which load-balancer configuration keeps connections alive?")
    {
        _session = session;
        _front = Choice.Of(session, "--front", "what stands in front: none (default), alb, clb, nlb, cloudfront, gcp, azure, frontdoor, cloudflare, heroku, nginx, envoy or traefik", Front.Known[0], [.. Front.Known.Select(front => (front.Word, front))]);
        _front.HelpName = "KIND";
        _frontIdle = Duration.Option(session, "--front-idle", "how long it keeps idle connections (default: what --front is known for)", NotSaid);
        _backendKeepAlive = Duration.Option(session, "--backend-keepalive", "how long the backends keep idle connections", NotSaid);
        _measure = new MeasureChoice(session);
        _mode = Choice.Of(session, "--mode", "what is balanced (default http)", ("http", BalancerMode.Http), ("tcp", BalancerMode.Tcp));
        foreach (Argument argument in new Argument[] { _program, _backends })
            Add(argument);
        foreach (Option option in (Option[])[_front, _frontIdle, _backendKeepAlive, .. _measure.Options, _mode, _health, _tls, _tlsKey, _backendTls, _webSocket, _most, _name, _listen, _version, _output, _force])
            Add(option);
        Examples =
        [
            "tcpwhy generate haproxy a=10.0.0.1:8080 b=10.0.0.2:8080 --front alb",
            "tcpwhy generate nginx app.internal:3000 --backend-keepalive 5s -o app.conf",
            "tcpwhy generate nginx 10.0.0.1:3000 10.0.0.2:3000 --measure",
        ];
        SetAction(Run);
    }

    /// <summary>Finds the installed program.</summary>
    internal Func<string, BalancerProgram?> Installed { get; init; } = BalancerProgram.Find;

    /// <summary>Finds the user that the program shall run as, among the names given.</summary>
    internal Func<string[], string?> UserOf { get; init; } = names => HostFacts.User(names);

    private int Run(ParseResult parsed)
    {
        string program = parsed.GetRequiredValue(_program);
        if (!Programs.Contains(program))
            throw Wrong(_session.Talk.T("generate writes for haproxy or nginx, not for '{0}'", program) + Nearest.Hint(program, Programs).In(_session.Language));
        BalancerKind kind = program == "nginx" ? BalancerKind.Nginx : BalancerKind.Haproxy;
        BalancerSetup setup = _measure.Apply(parsed, Setup(parsed, kind));
        BalancerFile made = BalancerFile.Make(kind, setup, Version(parsed), Installed(program));
        if (parsed.GetValue(_output) is { } path)
        {
            string? backup = ConfigurationFile.Write(path, made.Text, parsed.GetValue(_force), TimeProvider.System);
            if (backup is not null)
                _session.Talk.Line(_session.Talk.T("what was there is kept as {0}", backup));
        }
        else
        {
            _session.Out.Write(made.Text);
        }
        _session.Talk.Line(made.CheckedBy is { } version
            ? _session.Talk.T("checked: {0} {1} finds it valid", program, version)
            : _session.Talk.T("not checked, for {0} {1} or later is not installed here", program, made.WrittenFor));
        if (kind == BalancerKind.Nginx && setup.HealthPath is not null)
            _session.Talk.Line(_session.Talk.T("nginx has no active health checks: failed requests (max_fails) stand in for --health"));
        return ExitCode.Done;
    }

    private BalancerSetup Setup(ParseResult parsed, BalancerKind kind)
    {
        string? certificate = FilePath(parsed.GetValue(_tls), "--tls");
        string? key = FilePath(parsed.GetValue(_tlsKey), "--tls-key");
        if (key is not null && certificate is null)
            throw Wrong(_session.Talk.T("{0} goes with {1}", "--tls-key", "--tls"));
        if (kind == BalancerKind.Haproxy && key is not null && key != certificate + ".key")
            throw Wrong(_session.Talk.T("HAProxy reads the key from the certificate's file, or from the same name with .key behind it: not from '{0}'", key));
        bool http = parsed.GetValue(_mode) == BalancerMode.Http;
        foreach (Option option in new Option[] { _health, _webSocket })
        {
            if (!http && parsed.GetResult(option) is not null)
                throw Wrong(_session.Talk.T("{0} goes with {1}", option.Name, "--mode http"));
        }
        string name = parsed.GetRequiredValue(_name);
        if (!Backend.IsName(name))
            throw Wrong(_session.Talk.T("{0} '{1}': a name has letters, digits, '.', '_' and '-' only, and begins with a letter or digit", "--name", name));
        string? backendTls = parsed.GetValue(_backendTls);
        if (backendTls is not null && !ServerAddress.IsName(backendTls))
            throw Wrong(_session.Talk.T("{0} '{1}' is no DNS name", "--backend-tls", backendTls));
        int? most = parsed.GetValue(_most);
        if (most is < 1 or > 1_000_000)
            throw Wrong(_session.Talk.T("{0} {1}: a number from 1 to {2}", "--maxconn", most, "1000000"));
        (string? address, int port) = Listen(parsed.GetValue(_listen), certificate is null ? 80 : 443);
        return new BalancerSetup
        {
            Backends = Backend.ParseAll(parsed.GetRequiredValue(_backends)),
            Name = name,
            Front = FrontOf(parsed),
            BackendKeepAlive = parsed.GetValue(_backendKeepAlive) is { Ticks: > 0 } keepAlive ? keepAlive : null,
            Http = http,
            HealthPath = UrlPath(parsed.GetValue(_health), "--health"),
            ListenAddress = address,
            ListenPort = port,
            Certificate = certificate,
            Key = key,
            BackendTlsName = backendTls,
            WebSocketPath = UrlPath(parsed.GetValue(_webSocket), "--websocket"),
            MaxConnections = most,
            User = UserOf(kind == BalancerKind.Haproxy ? ["haproxy"] : ["www-data", "nginx"]),
            Nameservers = HostFacts.Nameservers(),
        };
    }

    private Front FrontOf(ParseResult parsed)
    {
        Front front = parsed.GetRequiredValue(_front);
        TimeSpan idle = parsed.GetValue(_frontIdle);
        // Clients with a pool are a front of their own.
        return idle == NotSaid ? front : front with { Idle = idle, Kind = front.Kind == FrontKind.None ? FrontKind.Pools : front.Kind };
    }

    private ProgramVersion? Version(ParseResult parsed) => parsed.GetValue(_version) is not { } text ? null
        : ProgramVersion.Parse(text) ?? throw Wrong(_session.Talk.T("{0} '{1}' is no version, as 2.6 or 1.22.1", "--target-version", text));

    private (string? Address, int Port) Listen(string? text, int otherwise)
    {
        if (text is null)
            return (null, otherwise);
        if (ushort.TryParse(text.TrimStart(':'), System.Globalization.NumberStyles.None, null, out ushort port) && port > 0 && text.LastIndexOf(':') <= 0)
            return (null, port);
        try
        {
            ServerAddress address = ServerAddress.Parse(text);
            if (address.Address is { } ip)
                return (ip.Equals(IPAddress.IPv6Any) ? null : address.Host, address.Port);
        }
        catch (InvalidDataException)
        {
            // Said below, with the option's name.
        }
        throw Wrong(_session.Talk.T("{0} '{1}': an IP address and a port, or a port alone", "--listen", text));
    }

    private string? FilePath(string? path, string option) => path is null || BalancerSetup.IsFilePath(path) ? path
        : throw Wrong(_session.Talk.T("{0} '{1}': an absolute path of letters, digits and / . _ - + @ = is expected", option, path));

    private string? UrlPath(string? path, string option) => path is null || BalancerSetup.IsUrlPath(path) ? path
        : throw Wrong(_session.Talk.T("{0} '{1}': a path is expected that begins with / and has no character that a configuration interprets", option, path));

    private static ToolException Wrong(string message) => new(message, ExitCode.Usage);
}

/// <summary>What a load balancer understands of what it passes on.</summary>
internal enum BalancerMode
{
    Http,
    Tcp,
}
