using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Kernel.Sockets;
using Tcpwhy.Loading;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Commands;

/// <summary>The options of <c>load</c> that shape the load, and what contradicts what.</summary>
internal sealed class LoadOptions
{
    private const int MostConnections = 1_000_000;
    private const long LargestRequest = 64L << 20;
    private readonly Session _session;
    private readonly Option<int> _connections;
    private readonly Option<double> _rate;
    private readonly Option<TimeSpan> _duration;
    private readonly Option<int> _count;
    private readonly Option<TimeSpan> _ramp;
    private readonly Option<bool> _hold = new("--hold") { Description = "open the connections and keep them for --duration" };
    private readonly Option<int> _perConnection;
    private readonly Option<bool> _close = new("--close") { Description = "one request per connection" };
    private readonly Option<string?> _http;
    private readonly Option<long> _send;
    private readonly Option<long> _receive;
    private readonly Option<TimeSpan> _connectTimeout;
    private readonly Option<TimeSpan> _timeout;
    private readonly Option<string?> _source = new("--source") { Description = "source addresses, used in turn: 127.0.0.1,127.0.0.2", HelpName = "LIST" };
    private readonly Option<int> _threads;
    private readonly Option<bool> _noDelay = new("--no-delay") { Description = "set TCP_NODELAY" };
    private readonly Option<TimeSpan> _keepAlive;
    private readonly Option<bool> _insecure = new("--insecure") { Description = "with https, accept any certificate" };

    public LoadOptions(Session session)
    {
        _session = session;
        _connections = WholeNumber.Option(session, "--connections", "how many connections at once (default 10)", 10, 1, MostConnections);
        _rate = Parsed.Option<double>(_session, "--rate", "attempts a second, begun evenly (default: as many as go)", "N", TryRate, "{0} takes a rate as 100 or 2.5 a second, not '{1}'");
        _duration = Duration.Option(session, "--duration", "for how long", TimeSpan.Zero);
        _count = WholeNumber.Option(session, "--count", "how many attempts", 0, 1, int.MaxValue);
        _ramp = Duration.Option(session, "--ramp", "grow to the full load in this time", TimeSpan.Zero);
        _perConnection = WholeNumber.Option(session, "--per-connection", "requests on a connection before it is closed", 0, 1, int.MaxValue);
        _http = new Option<string?>("--http") { Description = "speak HTTP/1.1 to HOST:PORT and ask for this path", HelpName = "PATH" };
        _send = Size.Option(session, "--send", "bytes to send: a raw request, or the body of a POST", 0);
        _receive = Size.Option(session, "--receive", "bytes to wait for after a raw request (default: as many as sent)", -1);
        _connectTimeout = Duration.Option(session, "--connect-timeout", "how long a connect may take (default 5s)", TimeSpan.FromSeconds(5));
        _timeout = Duration.Option(session, "--timeout", "how long an answer may take (default 10s)", TimeSpan.FromSeconds(10));
        _threads = WholeNumber.Option(session, "--threads", "threads that make the load (default 1)", 1, 1, 64);
        _keepAlive = Duration.Option(session, "--keep-alive", "set SO_KEEPALIVE with this idle time, then 3 probes 5 s apart", TimeSpan.Zero);
    }

    public IEnumerable<Option> All =>
    [
        _connections, _rate, _duration, _count, _ramp, _hold, _perConnection, _close, _http, _send, _receive,
        _connectTimeout, _timeout, _source, _threads, _noDelay, _keepAlive, _insecure,
    ];

    /// <summary>The load that was asked for, before the name of its target is resolved.</summary>
    /// <exception cref="ToolException">Two options contradict each other, or one that bounds the load is missing.</exception>
    public LoadPlan Read(ParseResult parsed, ref LoadTarget target)
    {
        TimeSpan duration = parsed.GetValue(_duration);
        int count = parsed.GetValue(_count);
        bool hold = parsed.GetValue(_hold);
        bool close = parsed.GetValue(_close);
        Screen talk = _session.Talk;
        Parsed.Refuse(duration == TimeSpan.Zero && count == 0, talk.T("a load needs an end: give --duration 10s or --count 1000"));
        Parsed.Refuse(hold && count > 0, talk.T("{0} and {1} contradict each other: {2}", "--hold", "--count", talk.T("--connections says how many are held")));
        Parsed.Refuse(hold && duration == TimeSpan.Zero, talk.T("{0} needs {1}", "--hold", "--duration"));
        Parsed.Refuse(hold && target.Tls, talk.T("{0} is not for https", "--hold"));
        Parsed.Refuse(close && parsed.GetValue(_perConnection) > 1, talk.T("{0} and {1} contradict each other: {2}", "--close", "--per-connection", talk.T("--close is one request per connection")));
        Parsed.Refuse(parsed.GetValue(_rate) > 0 && hold && parsed.GetValue(_ramp) > TimeSpan.Zero, talk.T("{0} and {1} contradict each other: {2}", "--rate", "--ramp", talk.T("both say how fast held connections are opened")));
        Parsed.Refuse(parsed.GetValue(_insecure) && !target.Tls, talk.T("{0} is for https", "--insecure"));
        if (parsed.GetValue(_http) is { } path)
            target = WithPath(target, path);
        LoadProtocol protocol = target.Path is not null ? LoadProtocol.Http : parsed.Gives(_send) || parsed.Gives(_receive) ? LoadProtocol.Raw : LoadProtocol.Connect;
        Parsed.Refuse(protocol == LoadProtocol.Http && parsed.Gives(_receive), talk.T("{0} is for raw requests, not for HTTP", "--receive"));
        long send = parsed.GetValue(_send), receive = parsed.GetValue(_receive);
        Parsed.Refuse(protocol == LoadProtocol.Raw && send == 0, talk.T("{0} needs {1}", "--receive", "--send"));
        Parsed.Refuse(send > LargestRequest, talk.T("--send takes at most {0} bytes, since they are kept in memory", Measure.Number(LargestRequest)));
        Parsed.Refuse(protocol == LoadProtocol.Connect && (parsed.Gives(_perConnection)), talk.T("{0} needs {1}", "--per-connection", "--http, --send"));
        int perConnection = close ? 1 : parsed.GetValue(_perConnection);
        bool last = perConnection == 1 && !hold;
        return new LoadPlan
        {
            Target = Endpoint.None,
            TlsName = target.Tls ? target.Host : null,
            TrustAnyone = parsed.GetValue(_insecure),
            Protocol = protocol,
            Request = protocol switch
            {
                LoadProtocol.Http => HttpRequest(target, (int)send, last),
                LoadProtocol.Raw => Payload((int)send),
                _ => [],
            },
            AnswerBytes = protocol != LoadProtocol.Raw ? 0 : receive < 0 ? send : receive,
            Connections = parsed.GetValue(_connections),
            Rate = parsed.GetValue(_rate),
            Count = count,
            Duration = duration,
            Ramp = parsed.GetValue(_ramp),
            Hold = hold,
            PerConnection = perConnection,
            ConnectTimeout = parsed.GetValue(_connectTimeout),
            AnswerTimeout = parsed.GetValue(_timeout),
            Sources = Sources(parsed.GetValue(_source)),
            Threads = parsed.GetValue(_threads),
            Settings = new SocketSettings
            {
                NoDelay = parsed.GetValue(_noDelay),
                KeepAlive = parsed.GetValue(_keepAlive) > TimeSpan.Zero,
                KeepAliveIdleSeconds = (int)Math.Ceiling(parsed.GetValue(_keepAlive).TotalSeconds),
                KeepAliveIntervalSeconds = 5,
                KeepAliveProbes = 3,
            },
        };
    }

    private LoadTarget WithPath(LoadTarget target, string path)
    {
        Screen talk = _session.Talk;
        Parsed.Refuse(target.Path is not null, talk.T("{0} is for HOST:PORT; a URL has its path already", "--http"));
        Parsed.Refuse(!path.StartsWith('/'), talk.T("--http takes a path as /health, not '{0}'", path));
        return LoadTarget.Parse($"http://{(target.Host.Contains(':') ? $"[{target.Host}]" : target.Host)}:{target.Port}{path}");
    }

    private List<IPAddress> Sources(string? list)
    {
        List<IPAddress> sources = [];
        foreach (string word in list?.Split(',') ?? [])
        {
            if (!IPAddress.TryParse(word, out IPAddress? address))
                throw new ToolException(_session.Talk.T("--source takes addresses as 10.0.0.1,10.0.0.2, not '{0}'", word), ExitCode.Usage);
            sources.Add(address);
        }
        return sources;
    }

    private static byte[] HttpRequest(LoadTarget target, int body, bool last)
    {
        string head = $"{(body > 0 ? "POST" : "GET")} {target.Path} HTTP/1.1\r\nHost: {target.HostField}\r\nUser-Agent: tcpwhy\r\nAccept: */*\r\n"
            + (body > 0 ? $"Content-Type: application/octet-stream\r\nContent-Length: {body}\r\n" : "")
            + (last ? "Connection: close\r\n" : "") + "\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. Payload(body)];
    }

    private static byte[] Payload(int length)
    {
        byte[] payload = new byte[length];
        for (int i = 0; i < length; i++)
            payload[i] = (byte)('a' + (i % 26));
        return payload;
    }

    private static bool TryRate(string text, out double rate) =>
        double.TryParse(text.EndsWith("/s", StringComparison.Ordinal) ? text.AsSpan(0, text.Length - 2) : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out rate)
        && rate is >= 0.001 and <= 10_000_000;
}
