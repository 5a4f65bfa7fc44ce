using System.Net.Sockets;

namespace Tcpwhy.Balancers;

/// <summary>Writes a haproxy.cfg that keeps connections alive; of the directives only those that the version knows.</summary>
public sealed class HaproxyConfiguration
{
    /// <summary>The oldest version that it can write for: layer-7 retries came with it.</summary>
    public static readonly ProgramVersion Oldest = new(2, 0, 0);

    private readonly BalancerSetup _setup;
    private readonly ProgramVersion _version;
    private readonly TimeoutPlan _plan;
    private readonly ConfigurationText _text = new("    ");
    private readonly bool _resolves;

    private HaproxyConfiguration(BalancerSetup setup, ProgramVersion version)
    {
        (_setup, _version, _plan) = (setup, version, new TimeoutPlan(setup));
        _resolves = setup.Backends.Any(ByDns);
    }

    /// <summary>The whole file.</summary>
    public static string Write(BalancerSetup setup, ProgramVersion version)
    {
        var configuration = new HaproxyConfiguration(setup, version);
        configuration.Global();
        configuration.Defaults();
        if (configuration._resolves)
            configuration.Resolvers();
        configuration.Frontend();
        configuration.Backend();
        return configuration._text.ToString();
    }

    private void Global() => _text
        .Why($"HAProxy {_version.Major}.{_version.Minor}, written by tcpwhy generate. {Chain()}")
        .Blank()
        .Block("global", () =>
        {
            _text.Line("log /dev/log local0");
            if (_setup.User is { } user)
                _text.Line($"user {user}").Line($"group {user}");
            _text.Why("A process that was replaced by a reload ends after this time, whoever still holds connections to it.")
                .Line("hard-stop-after 60s");
        })
        .Blank();

    private string Chain()
    {
        string front = _setup.Front.Idle is { } idle ? $"{_setup.Front.Name} ({TimeoutPlan.Text(idle)})" : _setup.Front.Name;
        return $"Chain: {front} -> HAProxy ({(_setup.Http ? TimeoutPlan.Text(_plan.Client) : "1h")}) -> backends ({_setup.BackendKeepAliveText}).";
    }

    private void Defaults() => _text
        .Block("defaults", () =>
        {
            _text.Line(_setup.Http ? "mode http" : "mode tcp").Line("log global")
                .Line(_setup.Http ? "option httplog" : "option tcplog").Line("option dontlognull").Blank();
            Clients();
            _text.Blank();
            Servers();
            _text.Blank();
            Probes();
        })
        .Blank();

    private void Clients()
    {
        string client = TimeoutPlan.Text(_plan.Client);
        if (!_setup.Http)
        {
            _text.Why("Bytes without a protocol: only the two ends know when a silent connection is done with. TCP keep-alive, below, finds the dead ones.")
                .Line("timeout client 1h").Line("timeout server 1h").Line("timeout client-fin 10s").Line("timeout server-fin 10s");
            return;
        }
        _text.Why((_setup.Front.Kind, _setup.Front.Idle) switch
        {
            (FrontKind.Tracks, { } idle) => $"{_setup.Front.Name} forgets a connection after {TimeoutPlan.Text(idle)} of silence, so we close it before that.",
            (_, { } idle) => $"{_setup.Front.Name} reuses connections that were idle up to {TimeoutPlan.Text(idle)}: we keep them longer, or it would send a request into our close (502).",
            _ => "Longer than the pools of common clients (60 s): the one that sends the next request gives up an idle connection first.",
        })
            .Line($"timeout http-keep-alive {client}").Line($"timeout client {client}").Line("timeout client-fin 10s")
            .Why("A request whose header does not arrive, as of a slow-loris, ends here; 'timeout client' alone begins anew with each byte.")
            .Line("timeout http-request 10s");
        if (_version.IsAtLeast(2, 4))
        {
            _text.Why("On reload an idle client connection waits for its next request, which is answered with 'Connection: close', instead of being cut under it.")
                .Line("option idle-close-on-response");
        }
        if (!_version.IsAtLeast(3, 3))
        {
            _text.Why("A client that gave up leaves the queue instead of taking a server's slot.")
                .Line("option abortonclose");
        }
    }

    private void Servers()
    {
        _text.Why("An unanswered SYN is repeated after 1 s: 2 s allow one loss. Three more tries, each on another server: at most 8 s before a 503.")
            .Line("timeout connect 2s").Line("timeout queue 10s").Line("timeout check 2s").Line("retries 3").Line("option redispatch 1");
        if (!_setup.Http)
            return;
        _text.Why("The slowest legitimate answer; routes that take longer get a backend with their own value.")
            .Line("timeout server 60s").Line("timeout server-fin 10s")
            .Why("WebSockets and CONNECT: once upgraded, this replaces 'timeout client' and 'timeout server'.")
            .Line("timeout tunnel 1h")
            .Why("Connections to servers are shared and reused. One that its server closed in the moment of reuse gives an empty answer: the request is sent again, on a new connection.")
            .Line("http-reuse safe").Line("retry-on conn-failure empty-response");
    }

    private void Probes()
    {
        string idle = TimeoutPlan.Text(_plan.KeepAliveProbe);
        _text.Why("Probes on silent connections: they find a dead peer, and keep the state of firewalls, NAT and conntrack from expiring. Off by default, and the kernel's own 2 h is later than any of those.")
            .Line("option clitcpka").Line("option srvtcpka");
        if (_version.IsAtLeast(2, 3))
        {
            foreach (string side in new[] { "clitcpka", "srvtcpka" })
                _text.Line($"{side}-idle {idle}").Line($"{side}-intvl 10s").Line($"{side}-cnt 6");
        }
        else
        {
            _text.Why($"Their times are the kernel's here (settable from HAProxy 2.3 on): net.ipv4.tcp_keepalive_time = {_plan.KeepAliveProbe.TotalSeconds:0}.");
        }
    }

    private void Resolvers() => _text
        .Block("resolvers host-dns", () => _text
            .Why("The name servers of /etc/resolv.conf. Names are asked for as they are written, without its search domains.")
            .Line("parse-resolv-conf")
            .Line("hold valid 10s"))
        .Blank();

    private void Frontend() => _text
        .Block($"frontend {_setup.Name}-in", () =>
        {
            // An empty address and v4v6: one socket for both families.
            string address = _setup.ListenAddress is { } own ? own.Contains(':', StringComparison.Ordinal) ? $"[{own}]:{_setup.ListenPort}" : $"{own}:{_setup.ListenPort}" : $":::{_setup.ListenPort} v4v6";
            _text.Line(_setup.Certificate is { } certificate
                ? $"bind {address} ssl crt {certificate}{(_setup.Http ? " alpn h2,http/1.1" : "")}"
                : $"bind {address}");
            if (_setup is { Http: true, Certificate: not null })
                _text.Line("http-request set-header X-Forwarded-Proto https");
            if (_setup.Http)
                _text.Line("option forwardfor");
            _text.Line($"default_backend {_setup.Name}");
        })
        .Blank();

    private void Backend() => _text
        .Block($"backend {_setup.Name}", () =>
        {
            _text.Line("balance leastconn");
            if (_setup.HealthPath is { } path)
                _text.Line($"option httpchk GET {path}");
            if (_setup.Http)
            {
                _text.Why("What may not be done twice is not sent twice.")
                    .Line("http-request disable-l7-retry unless { method GET HEAD OPTIONS }");
                Pool();
            }
            _text.Why($"Down after 3 failed checks (or 10 failed connections), up after 2, then eased in over 20 s.{(_setup.MaxConnections is null ? "" : " Above maxconn, requests wait here instead of piling up in the server.")}")
                .Line($"default-server {string.Join(' ', ServerDefaults())}");
            foreach (Backend backend in _setup.Backends)
                _text.Line(Server(backend));
        });

    private void Pool()
    {
        if (_plan.Pool < TimeSpan.FromSeconds(2))
        {
            _text.Why($"The backends close an idle connection after {TimeoutPlan.Text(_plan.ServerKeepAlive)}: too soon for a pool, so server connections end with their request. Raise that to 75 s and generate again: reuse saves a handshake per request.")
                .Line("option http-server-close");
        }
        else if (_setup.BackendKeepAlive is null)
        {
            _text.Why("How long the backends keep idle connections is not known. HAProxy's pool has no idle limit of its own, only a purge; give the backends 75 s or more, and say --backend-keepalive.");
        }
        else if (_plan.ServerKeepAlive <= _plan.Client)
        {
            _text.Why($"The backends close idle connections after {TimeoutPlan.Text(_plan.ServerKeepAlive)}, and HAProxy's pool has no idle limit of its own, only a purge: so it is purged quickly. 75 s at the backends would remove the race.");
        }
    }

    private List<string> ServerDefaults()
    {
        List<string> words = ["check", "inter 2s", "fall 3", "rise 2", "observe layer4", "slowstart 20s", "tcp-ut 30s"];
        if (_setup.MaxConnections is { } most)
            words.Add($"maxconn {most}");
        if (_setup.Http)
            words.Add($"pool-purge-delay {(_plan.ServerKeepAlive <= _plan.Client ? "1s" : "5s")}");
        else
            words.Add("on-marked-down shutdown-sessions");
        if (_setup.BackendTlsName is { } name)
        {
            string authorities = _version.IsAtLeast(2, 6) ? "@system-ca" : "/etc/ssl/certs/ca-certificates.crt";
            words.Add($"ssl verify required verifyhost {name} sni str({name}) check-sni {name} ca-file {authorities}");
        }
        if (_setup.Backends.Any(backend => backend.Address.Address is null))
            words.Add("init-addr last,libc,none");
        return words;
    }

    private static string Server(Backend backend) =>
        $"server {backend.Name} {(backend.Address.Address is { AddressFamily: AddressFamily.InterNetworkV6 } ? "ipv6@" : "")}{backend.Address}"
        + (backend.Weight is { } weight ? $" weight {weight}" : "")
        + (ByDns(backend) ? " resolvers host-dns" : "");

    // A name without a dot stands in /etc/hosts or needs a search domain: HAProxy's resolver knows neither.
    private static bool ByDns(Backend backend) => backend.Address.Address is null && backend.Address.Host.Contains('.', StringComparison.Ordinal);
}
