using static Tcpwhy.Pools.PoolVerdict;

namespace Tcpwhy.Pools.Runtimes;

/// <summary>The settings by which each runtime's pools are cured, as data. Defaults are those of the libraries' documentation.</summary>
public static class KnobTable
{
    private static readonly (Runtime Runtime, PoolVerdict Verdict, Knob[] Knobs)[] All =
    [
        (Runtime.Java, NoReuse,
        [
            new("java.net.http", "HttpClient", "one per request", "one per process"),
            new("HttpURLConnection", "http.keepAlive", "true", "true"),
            new("HttpURLConnection", "http.maxConnections", "5", "50"),
            new("Apache HttpClient 5", "PoolingHttpClientConnectionManager.setDefaultMaxPerRoute", "5", "50"),
            new("OkHttp", "ConnectionPool(maxIdleConnections)", "5", "50"),
        ]),
        (Runtime.Java, Leak,
        [
            new("HikariCP", "leakDetectionThreshold", "0", "60000"),
            new("JDBC", "try (Connection c = dataSource.getConnection())"),
            new("Apache HttpClient 5", "try (CloseableHttpResponse r = …)"),
            new("OkHttp", "Response.close()"),
        ]),
        (Runtime.Java, Exhausted,
        [
            new("HikariCP", "maximumPoolSize", "10"),
            new("HikariCP", "connectionTimeout", "30000", "2000"),
            new("Apache HttpClient 5", "setDefaultMaxPerRoute / setMaxTotal", "5 / 25"),
            new("OkHttp", "Dispatcher.maxRequestsPerHost", "5"),
            new("Tomcat JDBC", "maxActive", "100"),
        ]),
        (Runtime.Java, TooLarge,
        [
            new("HikariCP", "minimumIdle", "maximumPoolSize", "2"),
            new("HikariCP", "idleTimeout", "600000"),
            new("OkHttp", "ConnectionPool(keepAliveDuration)", "5 min"),
        ]),
        (Runtime.Java, StaleRisk,
        [
            new("HikariCP", "maxLifetime", "1800000"),
            new("HikariCP", "keepaliveTime", "120000"),
            new("java.net.http", "jdk.httpclient.keepalive.timeout", "30"),
            new("Apache HttpClient 5", "ConnectionConfig.setValidateAfterInactivity", "2 s"),
            new("OkHttp", "ConnectionPool(keepAliveDuration)", "5 min"),
        ]),
        (Runtime.NodeJs, NoReuse,
        [
            new("http.Agent", "keepAlive", "false (Node < 19)", "true"),
            new("http.Agent", "maxFreeSockets", "256"),
            new("fetch (undici)", "setGlobalDispatcher(new Agent({ keepAliveTimeout }))", "4000"),
        ]),
        (Runtime.NodeJs, Leak,
        [
            new("http", "response.resume()"),
            new("fetch (undici)", "await response.body.cancel()"),
            new("pg", "client.release()"),
        ]),
        (Runtime.NodeJs, Exhausted,
        [
            new("http.Agent", "maxSockets", "Infinity"),
            new("fetch (undici)", "Agent({ connections })", "unlimited"),
            new("pg", "Pool({ max })", "10"),
            new("mysql2", "connectionLimit", "10"),
        ]),
        (Runtime.NodeJs, TooLarge,
        [
            new("http.Agent", "maxFreeSockets", "256", "10"),
            new("pg", "Pool({ idleTimeoutMillis })", "10000"),
        ]),
        (Runtime.NodeJs, StaleRisk,
        [
            new("agentkeepalive", "freeSocketTimeout", "4000"),
            new("fetch (undici)", "Agent({ keepAliveTimeout })", "4000"),
            new("http.Agent", "keepAliveMsecs", "1000"),
        ]),
        (Runtime.DotNet, NoReuse,
        [
            new("HttpClient", "IHttpClientFactory / static HttpClient", "one per request", "one per process"),
            new("SocketsHttpHandler", "PooledConnectionIdleTimeout", "00:01:00"),
            new("ADO.NET", "Pooling", "true", "true"),
        ]),
        (Runtime.DotNet, Leak,
        [
            new("HttpClient", "using HttpResponseMessage"),
            new("ADO.NET", "await using DbConnection"),
            new("HttpClient", "one HttpMessageHandler per process"),
        ]),
        (Runtime.DotNet, Exhausted,
        [
            new("SocketsHttpHandler", "MaxConnectionsPerServer", "int.MaxValue"),
            new("SqlClient", "Max Pool Size", "100"),
            new("Npgsql", "Maximum Pool Size", "100"),
        ]),
        (Runtime.DotNet, TooLarge,
        [
            new("SocketsHttpHandler", "PooledConnectionIdleTimeout", "00:01:00"),
            new("SqlClient", "Min Pool Size", "0"),
            new("Npgsql", "Connection Idle Lifetime", "300"),
        ]),
        (Runtime.DotNet, StaleRisk,
        [
            new("SocketsHttpHandler", "PooledConnectionIdleTimeout", "00:01:00"),
            new("SocketsHttpHandler", "PooledConnectionLifetime", "infinite", "00:02:00"),
            new("Npgsql", "Connection Idle Lifetime", "300"),
        ]),
        (Runtime.Python, NoReuse,
        [
            new("requests", "Session", "one per request", "one per thread"),
            new("urllib3", "PoolManager(maxsize)", "1"),
            new("httpx", "Client", "one per request", "one per process"),
            new("aiohttp", "ClientSession", "one per request", "one per process"),
        ]),
        (Runtime.Python, Leak,
        [
            new("requests", "with session.get(…, stream=True) as response"),
            new("urllib3", "response.release_conn()"),
            new("SQLAlchemy", "with engine.connect() as connection"),
            new("aiohttp", "async with session.get(…) as response"),
        ]),
        (Runtime.Python, Exhausted,
        [
            new("requests", "HTTPAdapter(pool_maxsize)", "10"),
            new("SQLAlchemy", "create_engine(pool_size, max_overflow)", "5, 10"),
            new("httpx", "Limits(max_connections)", "100"),
            new("aiohttp", "TCPConnector(limit)", "100"),
        ]),
        (Runtime.Python, TooLarge,
        [
            new("requests", "HTTPAdapter(pool_maxsize)", "10"),
            new("SQLAlchemy", "create_engine(pool_size)", "5"),
            new("httpx", "Limits(max_keepalive_connections)", "20"),
        ]),
        (Runtime.Python, StaleRisk,
        [
            new("SQLAlchemy", "pool_pre_ping", "False", "True"),
            new("SQLAlchemy", "pool_recycle", "-1"),
            new("httpx", "Limits(keepalive_expiry)", "5"),
            new("aiohttp", "TCPConnector(keepalive_timeout)", "15"),
            new("requests", "HTTPAdapter(max_retries)", "0", "Retry(1)"),
        ]),
        (Runtime.Go, NoReuse,
        [
            new("http.Transport", "MaxIdleConnsPerHost", "2", "100"),
            new("net/http", "io.Copy(io.Discard, resp.Body); resp.Body.Close()"),
            new("database/sql", "SetMaxIdleConns", "2"),
        ]),
        (Runtime.Go, Leak,
        [
            new("net/http", "defer resp.Body.Close()"),
            new("database/sql", "defer rows.Close()"),
            new("http.Transport", "one per process"),
        ]),
        (Runtime.Go, Exhausted,
        [
            new("http.Transport", "MaxConnsPerHost", "0"),
            new("database/sql", "SetMaxOpenConns", "0"),
        ]),
        (Runtime.Go, TooLarge,
        [
            new("http.Transport", "MaxIdleConnsPerHost", "2"),
            new("http.Transport", "IdleConnTimeout", "90s"),
            new("database/sql", "SetConnMaxIdleTime", "0"),
        ]),
        (Runtime.Go, StaleRisk,
        [
            new("http.Transport", "IdleConnTimeout", "90s"),
            new("database/sql", "SetConnMaxIdleTime / SetConnMaxLifetime", "0"),
        ]),
        (Runtime.Ruby, NoReuse, [new("Net::HTTP", "Net::HTTP.start"), new("Faraday", "adapter :net_http_persistent")]),
        (Runtime.Ruby, Leak, [new("ActiveRecord", "connection_pool.with_connection")]),
        (Runtime.Ruby, Exhausted, [new("ActiveRecord", "pool", "5"), new("connection_pool", "size", "5")]),
        (Runtime.Ruby, TooLarge, [new("ActiveRecord", "idle_timeout", "300")]),
        (Runtime.Ruby, StaleRisk, [new("Net::HTTP", "keep_alive_timeout", "2"), new("ActiveRecord", "idle_timeout", "300")]),
        (Runtime.Php, NoReuse, [new("curl", "one handle for all requests of a process"), new("PDO", "PDO::ATTR_PERSISTENT", "false", "true")]),
        (Runtime.Php, Leak, [new("php-fpm", "pm.max_requests", "0", "500")]),
        (Runtime.Php, Exhausted, [new("php-fpm", "pm.max_children")]),
        (Runtime.Php, TooLarge, [new("php-fpm", "pm.max_spare_servers")]),
        (Runtime.Php, StaleRisk, [new("mysqlnd", "mysqli.reconnect"), new("PDO", "PDO::ATTR_PERSISTENT", "false", "false")]),
        (Runtime.Nginx, NoReuse,
        [
            new("upstream", "keepalive", "none (< 1.29.7)", "64"),
            new("location", "proxy_http_version", "1.0", "1.1"),
            new("location", "proxy_set_header Connection", "close", "\"\""),
            new("upstream", "keepalive_requests", "1000", "10000"),
        ]),
        (Runtime.Nginx, Leak, [new("location", "proxy_read_timeout", "60s"), new("main", "worker_shutdown_timeout", "none", "60s")]),
        (Runtime.Nginx, Exhausted, [new("upstream", "server … max_conns", "0"), new("events", "worker_connections", "512")]),
        (Runtime.Nginx, TooLarge, [new("upstream", "keepalive")]),
        (Runtime.Nginx, StaleRisk, [new("upstream", "keepalive_timeout", "60s"), new("location", "proxy_socket_keepalive", "off", "on")]),
        (Runtime.Haproxy, NoReuse, [new("defaults", "option httpclose", null, "no option httpclose"), new("backend", "http-reuse", "safe", "always"), new("server", "pool-max-conn", "-1")]),
        (Runtime.Haproxy, Leak, [new("defaults", "timeout server-fin", "timeout server", "10s"), new("defaults", "timeout tunnel", "timeout server", "1h")]),
        (Runtime.Haproxy, Exhausted, [new("server", "maxconn", "0"), new("defaults", "timeout queue", "timeout connect", "10s")]),
        (Runtime.Haproxy, TooLarge, [new("server", "pool-max-conn", "-1"), new("server", "pool-purge-delay", "5s")]),
        (Runtime.Haproxy, StaleRisk, [new("server", "pool-purge-delay", "5s", "1s"), new("backend", "retry-on", "conn-failure", "conn-failure empty-response")]),
        (Runtime.Envoy, NoReuse, [new("cluster", "max_requests_per_connection", "unlimited")]),
        (Runtime.Envoy, Leak, [new("cluster", "common_http_protocol_options.idle_timeout", "1h")]),
        (Runtime.Envoy, Exhausted, [new("cluster", "circuit_breakers.thresholds.max_connections", "1024")]),
        (Runtime.Envoy, TooLarge, [new("cluster", "common_http_protocol_options.idle_timeout", "1h")]),
        (Runtime.Envoy, StaleRisk, [new("cluster", "common_http_protocol_options.idle_timeout", "1h")]),
    ];

    private static readonly (Runtime Runtime, int[] Sizes)[] Ceilings =
    [
        (Runtime.Java, [5, 8, 10, 25, 100]), (Runtime.NodeJs, [10]), (Runtime.DotNet, [100]), (Runtime.Python, [10, 15, 100]),
        (Runtime.Ruby, [5]), (Runtime.Envoy, [1024]),
    ];

    /// <summary>The settings that cure a verdict; none for a runtime that was not recognised.</summary>
    public static IReadOnlyList<Knob> Of(Runtime runtime, PoolVerdict verdict) =>
        Array.Find(All, row => row.Runtime == runtime && row.Verdict == verdict).Knobs ?? [];

    /// <summary>Whether a pool of this runtime ends at this size by default.</summary>
    public static bool IsKnownCeiling(Runtime runtime, int size) =>
        Array.Find(Ceilings, row => row.Runtime == runtime).Sizes is { } sizes && Array.IndexOf(sizes, size) >= 0;
}
