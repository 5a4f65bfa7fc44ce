using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tcpwhy.E2e.Connections;
using Tcpwhy.E2e.Lab;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.E2e.Pools;

/// <summary>Real programs that treat their pools well or badly, all at once in one network, and two audits of them: by eBPF and without.</summary>
public sealed class PoolPrograms : IAsyncLifetime
{
    // Delay of an answer and the server's idle timeout, in seconds; 0 keeps idle connections.
    static readonly (string Program, string Mode, string Server)[] All =
    [
        ("python3", "healthy", "0.01:0"), ("python3", "exhausted", "0.1:0"), ("python3", "too-large", "0.01:0"), ("python3", "no-reuse", "0.01:0"),
        ("python3", "leak", "0.01:0"), ("python3", "close-wait", "0.01:0.8"), ("python3", "warming", "0.01:0"), ("python3", "stale", "0.01:1.5"), ("python3", "subscribers", "0.01:0"),
        ("node", "healthy", "0.01:0"), ("node", "exhausted", "0.1:0"), ("node", "no-reuse", "0.01:0"), ("node", "leak", "0.01:0"),
        ("java", "healthy", "0.01:0"), ("java", "exhausted", "0.1:0"), ("java", "no-reuse", "0.01:0"), ("java", "leak", "0.01:0"),
        ("go", "no-reuse", "0.05:0"), ("go", "healthy", "0.05:0"),
        ("nginx", "no-reuse", "0.01:0"), ("nginx", "reuse", "0.01:0"),
        ("dotnet", "leak", "0.01:0"),
    ];

    const int FirstPort = 9001;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Pools", "programs");
    readonly List<Process> _clients = [];
    Network? _network;

    /// <summary>Programs that are not installed here.</summary>
    public IReadOnlyList<string> Missing { get; private set; } = [];

    /// <summary>What stands in the way of all, or null.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>What <c>pools --format json</c> said: with eBPF, and without.</summary>
    public JsonElement WithBpf { get; private set; }
    public JsonElement WithoutBpf { get; private set; }

    /// <summary>The port to which a program connects in a mode.</summary>
    public static int Port(string program, string mode) => FirstPort + Array.FindIndex(All, one => one.Program == program && one.Mode == mode);

    public async ValueTask InitializeAsync()
    {
        IReadOnlyList<string> needed = Requirements.Missing(["root", "ip", "nft", "python3"]);
        if (needed.Count > 0)
        {
            Obstacle = $"needs {string.Join(", ", needed)}";
            return;
        }
        CancellationToken ct = TestContext.Current.CancellationToken;
        Missing = Requirements.Missing(All.Select(one => one.Program).Distinct());
        _network = await Network.CreateAsync(LabUnderTest.Executable, ct);
        await _network.StartDaemonAsync(_network.Server,
            ["python3", Path.Combine(Folder, "server.py"), .. All.Select((one, index) => $"{FirstPort + index}:{one.Server}")], FirstPort, ct);
        foreach ((string program, string mode, _) in All)
        {
            if (!Missing.Contains(program))
                await StartAsync(program, mode, ct);
        }
        Actor billing = await _network.StartActorAsync(_network.Client, "billing", ct);
        using var audited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task leaking = LeakAsync(billing, new Endpoint(_network.Server.Ipv4, Port("dotnet", "leak")), audited.Token);
        await AllConnectedAsync(ct);

        string[] words = ["pools", $"netns {_network.Client.Netns}", "--duration", "6s", "--format", "json"];
        string[] said = await Task.WhenAll(TcpwhyProgram.RunAsync(words), TcpwhyProgram.RunAsync([.. words, "--no-ebpf"]));
        await audited.CancelAsync();
        await leaking;
        (WithBpf, WithoutBpf) = (JsonDocument.Parse(said[0]).RootElement, JsonDocument.Parse(said[1]).RootElement);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process client in _clients)
        {
            client.Kill();
            client.Dispose();
        }
        if (_network is not null)
            await _network.DisposeAsync();
    }

    async Task StartAsync(string program, string mode, CancellationToken ct)
    {
        string host = _network!.Server.Ipv4.ToString();
        string port = Port(program, mode).ToString(CultureInfo.InvariantCulture);
        switch (program)
        {
            case "python3":
                Start("python3", Path.Combine(Folder, "client.py"), mode, host, port);
                break;
            case "node":
                Start("node", Path.Combine(Folder, "client.js"), mode, host, port);
                break;
            case "java":
                Start("java", "-XX:TieredStopAtLevel=1", Path.Combine(Folder, "Client.java"), mode, host, port);
                break;
            case "go":
                Start(await BuildGoAsync(ct), mode, host, port);
                break;
            case "nginx":
                await StartNginxAsync(mode, host, port, ct);
                break;
            default:
                break; // the actor is the .NET program
        }
    }

    /// <summary>nginx as distributions ship it speaks HTTP/1.0 to its upstream; a client that keeps its connection asks through it.</summary>
    async Task StartNginxAsync(string mode, string host, string port, CancellationToken ct)
    {
        string directory = Directory.CreateDirectory(Path.Combine(_network!.Directory, mode)).FullName;
        int front = mode == "reuse" ? 8081 : 8080;
        string file = Path.Combine(directory, "nginx.conf");
        await File.WriteAllTextAsync(file, $$"""
            daemon off; worker_processes 1; pid {{directory}}/pid; error_log stderr;
            events { }
            http {
                access_log off;
                client_body_temp_path {{directory}}; proxy_temp_path {{directory}}; fastcgi_temp_path {{directory}}; uwsgi_temp_path {{directory}}; scgi_temp_path {{directory}};
                upstream app { server {{host}}:{{port}}; {{(mode == "reuse" ? "keepalive 8;" : "")}} }
                server {
                    listen 127.0.0.1:{{front}};
                    location / { proxy_pass http://app; {{(mode == "reuse" ? "proxy_http_version 1.1; proxy_set_header Connection \"\";" : "")}} }
                }
            }
            """, ct);
        await _network.Client.RunAsync(["ip", "link", "set", "lo", "up"], ct);
        await _network.StartDaemonAsync(_network.Client, ["nginx", "-e", "stderr", "-c", file], front, ct);
        Start("python3", Path.Combine(Folder, "client.py"), "healthy", "127.0.0.1", front.ToString(CultureInfo.InvariantCulture));
    }

    async Task<string> BuildGoAsync(CancellationToken ct)
    {
        string binary = Path.Combine(_network!.Directory, "client");
        if (File.Exists(binary))
            return binary;
        using Process build = Process.Start(new ProcessStartInfo("go", ["build", "-o", binary, Path.Combine(Folder, "client.go")])
        {
            // Kept between runs: the standard library takes most of the time.
            Environment = { ["CGO_ENABLED"] = "0", ["GOFLAGS"] = "-mod=mod", ["GOCACHE"] = Path.Combine(Path.GetTempPath(), "tcpwhy-go-cache") },
        })!;
        await build.WaitForExitAsync(ct);
        Assert.Equal(0, build.ExitCode);
        return binary;
    }

    void Start(params string[] command) =>
        _clients.Add(Process.Start(new ProcessStartInfo("ip", ["netns", "exec", _network!.Client.Name, .. command]) { RedirectStandardOutput = true })!);

    static async Task LeakAsync(Actor actor, Endpoint to, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await actor.ConnectAsync(to, ct);
                await Task.Delay(200, ct);
            }
        }
        catch (OperationCanceledException)
        {
            // The audit is over.
        }
    }

    /// <summary>Waits until every program has a connection: a JVM takes its time.</summary>
    async Task AllConnectedAsync(CancellationToken ct)
    {
        long began = Stopwatch.GetTimestamp();
        HashSet<string> wanted = [.. All.Where(one => !Missing.Contains(one.Program)).Select(one => Port(one.Program, one.Mode).ToString("X4"))];
        while (wanted.Count > 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"no connection to ports {string.Join(", ", wanted.Select(port => Convert.ToInt32(port, 16)))}");
            await Task.Delay(200, ct);
            string table = await _network!.Client.RunAsync(["cat", "/proc/net/tcp", "/proc/net/tcp6"], ct);
            wanted.RemoveWhere(port => table.Split('\n').Any(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, var remote, ..] && remote.EndsWith(":" + port, StringComparison.Ordinal)));
        }
        // Pools that fill up are full by then.
        await Task.Delay(1500, ct);
    }
}
