namespace Tcpwhy.Balancers;

/// <summary>Writes an nginx.conf whose connections to backends are really reused; of the directives only those that the version knows.</summary>
public sealed class NginxConfiguration
{
    /// <summary>The oldest version that it can write for: upstream keepalive_timeout, without which the pool cannot be made shorter than the backend's, came with it.</summary>
    public static readonly ProgramVersion Oldest = new(1, 15, 3);

    private readonly BalancerSetup _setup;
    private readonly ProgramVersion _version;
    private readonly NginxPlaces _places;
    private readonly TimeoutPlan _plan;
    private readonly ConfigurationText _text = new("    ");
    private readonly bool _resolves;

    private NginxConfiguration(BalancerSetup setup, ProgramVersion version, NginxPlaces places)
    {
        (_setup, _version, _places, _plan) = (setup, version, places, new TimeoutPlan(setup));
        _resolves = version.IsAtLeast(1, 27, 3) && setup.Nameservers.Count > 0 && setup.Backends.Any(backend => backend.Address.Address is null);
    }

    /// <summary>The whole file, with what it says of logs and temporary files put at <paramref name="places"/>.</summary>
    public static string Write(BalancerSetup setup, ProgramVersion version, NginxPlaces places)
    {
        var configuration = new NginxConfiguration(setup, version, places);
        configuration.Main();
        if (setup.Http)
            configuration._text.Block("http {", configuration.Http, "}");
        else
            configuration._text.Block("stream {", configuration.Stream, "}");
        return configuration._text.ToString();
    }

    private void Main()
    {
        string front = _setup.Front.Idle is { } idle ? $"{_setup.Front.Name} ({TimeoutPlan.Text(idle)})" : _setup.Front.Name;
        string own = (_setup.Http, _plan.Pool) switch
        {
            (false, _) => "nginx (1h)",
            (_, { Ticks: 0 }) => $"nginx ({TimeoutPlan.Text(_plan.Client)}), no reuse",
            _ => $"nginx ({TimeoutPlan.Text(_plan.Client)}), reused up to {TimeoutPlan.Text(_plan.Pool)}",
        };
        _text.Why($"nginx {_version}, written by tcpwhy generate. Chain: {front} -> {own} -> backends ({_setup.BackendKeepAliveText}).").Blank();
        if (!_setup.Http)
            _text.Line("include /etc/nginx/modules-enabled/*.conf;");
        if (_setup.User is { } user)
            _text.Line($"user {user};");
        _text.Line("worker_processes auto;").Line($"pid {_places.Pid};").Line($"error_log {_places.ErrorLog} warn;")
            .Why("A proxied connection takes two descriptors. An old worker ends 60 s after a reload, whoever still holds connections to it.")
            .Line("worker_rlimit_nofile 65536;").Line("worker_shutdown_timeout 60s;")
            .Block("events {", () => _text.Line("worker_connections 8192;"), "}")
            .Blank();
    }

    private void Http()
    {
        _text.Block("log_format timing", () => _text
                .Line("'$remote_addr \"$request\" $status $body_bytes_sent $request_time '")
                .Line("'upstream=$upstream_addr status=$upstream_status connect=$upstream_connect_time '")
                .Line("'response=$upstream_response_time reused=$connection_requests';"))
            .Line($"access_log {_places.AccessLog} timing;");
        if (_places.Temporary is { } below)
        {
            foreach (string kind in new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" })
                _text.Line($"{kind}_temp_path {below}/{kind};");
        }
        _text.Blank();
        Clients();
        _text.Blank();
        if (_setup.WebSocketPath is not null)
        {
            _text.Why("Only a request that asks for an upgrade asks the backend for one; all others send an empty Connection header, which keeps the connection.")
                .Block("map $http_upgrade $connection_upgrade {", () => _text.Line("default upgrade;").Line("'' '';"), "}")
                .Blank();
        }
        Upstream();
        _text.Block("server {", () =>
        {
            Listen("");
            _text.Line("server_name _;");
            Proxy();
            if (_setup.WebSocketPath is { } path and not "/")
                _text.Blank().Block($"location {path} {{", WebSocket, "}");
            _text.Blank().Block("location / {", () =>
            {
                if (_setup.WebSocketPath == "/")
                    WebSocket();
                else
                    _text.Line($"proxy_pass {Scheme}://{_setup.Name};");
            }, "}");
        }, "}");
    }

    private string Scheme => _setup.BackendTlsName is null ? "http" : "https";

    private void Clients()
    {
        _text.Why((_setup.Front.Kind, _setup.Front.Idle) switch
        {
            (FrontKind.Tracks, { } idle) => $"{_setup.Front.Name} forgets a connection after {TimeoutPlan.Text(idle)} of silence, so we close it before that.",
            (_, { } idle) => $"{_setup.Front.Name} reuses connections that were idle up to {TimeoutPlan.Text(idle)}: we keep them longer, or it would send a request into our close (502).",
            _ => "Longer than the pools of common clients (60 s): the one that sends the next request gives up an idle connection first.",
        })
            .Line($"keepalive_timeout {TimeoutPlan.Text(_plan.Client)};")
            .Line("keepalive_requests 10000;");
        if (_version.IsAtLeast(1, 27, 4))
        {
            _text.Why("At a reload an idle client connection stays this long, so that a request already on its way is still answered.")
                .Line("keepalive_min_timeout 5s;");
        }
        _text.Why("A request whose header does not arrive, as of a slow-loris, ends here.")
            .Line("client_header_timeout 10s;");
        if (!_version.IsAtLeast(1, 27, 4))
            _text.Why("Before nginx 1.27.4 a reload closes idle client connections at once, also under a request on its way: reload when it is quiet.");
    }

    private void Upstream()
    {
        _text.Block($"upstream {_setup.Name} {{", () =>
        {
            _text.Line($"zone {_setup.Name} 256k;");
            _text.Line("least_conn;");
            foreach (Backend backend in _setup.Backends)
                _text.Line(Server(backend));
            if (_resolves)
                _text.Why("Names are asked for again when their answer has aged.").Line($"resolver {string.Join(' ', _setup.Nameservers)} valid=10s;");
            else if (_setup.Backends.Any(backend => backend.Address.Address is null))
                _text.Why("These names are asked for once, at start and reload: reload when an address changes. nginx does not start while one is unknown.");
            if (!_setup.Http)
                return;
            if (_plan.Pool == TimeSpan.Zero)
            {
                _text.Why($"The backends close an idle connection after {TimeoutPlan.Text(_plan.ServerKeepAlive)}: too soon for a pool. Raise that to 75 s and generate again: reuse saves a handshake per request.");
                if (_version.IsAtLeast(1, 29, 7))
                    _text.Line("keepalive 0;");
                return;
            }
            _text.Why(_setup.BackendKeepAlive is { } told
                ? $"The backends close an idle connection after {TimeoutPlan.Text(told)}: we give it up before that, or a request would meet their close."
                : $"How long the backends keep an idle connection is not known: {TimeoutPlan.Text(_plan.ServerKeepAlive)} is assumed, as of Node.js and uvicorn. Give them 75 s or more and say --backend-keepalive: then connections are reused longer.")
                .Line("keepalive 64;")
                .Line($"keepalive_timeout {TimeoutPlan.Text(_plan.Pool)};")
                .Line("keepalive_requests 10000;");
            if (_version.IsAtLeast(1, 19, 10))
                _text.Line("keepalive_time 1h;");
        }, "}")
            .Blank();
    }

    private string Server(Backend backend) =>
        $"server {backend.Address}"
        + (backend.Weight is { } weight ? $" weight={weight}" : "")
        + (_setup.MaxConnections is { } most ? $" max_conns={most}" : "")
        + " max_fails=3 fail_timeout=5s"
        + (_resolves && backend.Address.Address is null ? " resolve" : "") + ";"
        + $" # {backend.Name}";

    private void Listen(string tail)
    {
        string address = _setup.ListenAddress is not { } own ? $"[::]:{_setup.ListenPort} ipv6only=off"
            : own.Contains(':', StringComparison.Ordinal) ? $"[{own}]:{_setup.ListenPort} ipv6only=on" : $"{own}:{_setup.ListenPort}";
        _text.Why("The backlog is the kernel's somaxconn (4096 since Linux 5.4); nginx's own 511 overflows first. Probes on silent connections find dead clients and keep firewalls from forgetting live ones. No reuseport: a reload that changes the number of workers would reset what waits in a closed socket.")
            .Line($"listen {address}{(_setup.Certificate is null ? "" : " ssl")} backlog=4096 so_keepalive={TimeoutPlan.Text(_plan.KeepAliveProbe)}:10s:6{tail};");
        if (_setup.Certificate is not { } certificate)
            return;
        _text.Line($"ssl_certificate {certificate};").Line($"ssl_certificate_key {_setup.Key ?? certificate};")
            .Line("ssl_protocols TLSv1.2 TLSv1.3;").Line($"ssl_session_cache shared:{_setup.Name}:10m;");
        if (_setup.Http && _version.IsAtLeast(1, 25, 1))
            _text.Line("http2 on;");
    }

    private void Proxy()
    {
        _text.Blank();
        if (_plan.Pool > TimeSpan.Zero)
            _text.Why("Without these two lines the upstream's keepalive does nothing: nginx would speak HTTP/1.0 and close after each request.");
        _text.Line("proxy_http_version 1.1;");
        if (_plan.Pool > TimeSpan.Zero)
            _text.Line("proxy_set_header Connection \"\";");
        Headers();
        _text.Why("The default of 60 s for a connection would let one dead backend hold every request that long.")
            .Line("proxy_connect_timeout 2s;")
            .Line("proxy_read_timeout 60s;")
            .Line("proxy_socket_keepalive on;")
            .Why("One more try on another backend, within 5 s; POST and its like are never sent twice.")
            .Line("proxy_next_upstream error timeout;")
            .Line("proxy_next_upstream_tries 2;")
            .Line("proxy_next_upstream_timeout 5s;");
        if (_setup.BackendTlsName is not { } name)
            return;
        _text.Line($"proxy_ssl_name {name};").Line("proxy_ssl_server_name on;").Line("proxy_ssl_verify on;").Line("proxy_ssl_session_reuse on;")
            .Line("proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;");
    }

    private void Headers() => _text.Line("proxy_set_header Host $host;")
        .Line("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;")
        .Line("proxy_set_header X-Forwarded-Proto $scheme;");

    // A block with one header of its own inherits none: so all stand here again.
    private void WebSocket()
    {
        _text.Line($"proxy_pass {Scheme}://{_setup.Name};")
            .Line("proxy_set_header Upgrade $http_upgrade;").Line("proxy_set_header Connection $connection_upgrade;");
        Headers();
        _text.Why("A WebSocket may be silent for long; the usual 60 s would cut it.")
            .Line("proxy_read_timeout 1h;").Line("proxy_send_timeout 1h;");
    }

    private void Stream()
    {
        Upstream();
        _text.Block("server {", () =>
        {
            Listen("");
            _text.Line($"proxy_pass {_setup.Name};")
                .Why("The default of 60 s for a connection would let one dead backend hold every client that long.")
                .Line("proxy_connect_timeout 2s;")
                .Why("Only the two ends know when a silent connection is done with; probes find the dead ones.")
                .Line("proxy_timeout 1h;").Line("proxy_socket_keepalive on;");
            if (_setup.BackendTlsName is { } name)
            {
                _text.Line("proxy_ssl on;").Line($"proxy_ssl_name {name};").Line("proxy_ssl_server_name on;").Line("proxy_ssl_verify on;")
                    .Line("proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;");
            }
        }, "}");
    }
}
