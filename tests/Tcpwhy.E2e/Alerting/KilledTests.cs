using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tcpwhy.E2e.Program;
using Tcpwhy.Tests.Alerting;
using Xunit;

namespace Tcpwhy.E2e.Alerting;

/// <summary>The program itself, killed while an alert fires.</summary>
public sealed class KilledTests(BuiltProgram program) : IDisposable
{
    const int Many = 15;
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tcpwhy-killed-");
    readonly List<Socket> _held = [];

    string Log => Path.Combine(_directory.FullName, "alerts.ndjson");

    [Fact]
    public async Task An_alert_fires_once_and_ends_once_however_often_we_are_killed()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(2 * Many);
        string port = ((IPEndPoint)listener.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
        await using Hook hook = new(Hook.Ok);
        Configure(hook.Address);
        await HoldAsync(listener);
        var random = new Random(5);

        // Killed soon after it fires: before or after the line is written, the queue stored, the webhook heard.
        for (int life = 0; life < 3; life++)
        {
            using RunningProgram watch = await StartAsync(port);
            await watch.WatchesAsync();
            await Given.Until(() => File.Exists(Log));
            await Task.Delay(random.Next(100));
            await watch.SignalAsync("KILL");
            await watch.EndAsync();
        }
        Assert.Equal(["fired"], Changes());
        Release();
        using (RunningProgram watch = await StartAsync(port))
        {
            await watch.WatchesAsync();
            await Given.Until(() => Changes().Length == 2);
            await watch.SignalAsync("TERM");
            ProgramEnd end = await watch.EndAsync();
            Assert.Contains("resolved max-connections TCP connections: 0, down from 30 at most", end.Error, StringComparison.Ordinal);
        }
        Assert.Equal(["fired", "resolved"], Changes());
        // A webhook may hear of the same twice, and knows it by its id.
        Assert.Equal(["firing", "resolved"], hook.Requests.Select((_, i) => hook.Document(i)).DistinctBy(document => document.GetProperty("id").GetString()).Select(document => document.GetProperty("status").GetString()!));
    }

    public void Dispose()
    {
        Release();
        _directory.Delete(recursive: true);
    }

    Task<RunningProgram> StartAsync(string port) => program.StartAsync(
        ["env", $"XDG_CONFIG_HOME={_directory.FullName}", $"XDG_STATE_HOME={_directory.FullName}/state"],
        "watch", $"sport = :{port} or dport = :{port}", "--interval", "500ms", "--duration", "1m");

    void Configure(Uri hook)
    {
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(_directory.FullName, "tcpwhy")).FullName, "config.yaml");
        File.WriteAllText(file, $"""
            alerts:
              max-connections: 20
              for: 0s
              receivers:
                log:
                  to: file
                  path: {Log}
                hook:
                  to: webhook
                  url: {hook}
            """);
    }

    /// <summary>Both ends of each connection count, so that there are twice as many.</summary>
    async Task HoldAsync(Socket listener)
    {
        for (int i = 0; i < Many; i++)
        {
            Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(listener.LocalEndPoint!);
            _held.Add(client);
            _held.Add(await listener.AcceptAsync());
        }
    }

    /// <summary>By reset, so that no TIME_WAIT is left.</summary>
    void Release()
    {
        foreach (Socket socket in _held)
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
        _held.Clear();
    }

    string[] Changes() => File.Exists(Log) ? [.. File.ReadAllLines(Log).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("change").GetString()!)] : [];
}
