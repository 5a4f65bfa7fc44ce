using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tcpwhy.E2e.Program;
using Xunit;

namespace Tcpwhy.E2e.Alerting;

/// <summary>A real Alertmanager on loopback, which tells a webhook of what it is told.</summary>
sealed class Alertmanager : IAsyncDisposable
{
    const string Name = "prometheus-alertmanager";
    static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tcpwhy-am-");
    readonly int _port = FreePort();
    RunningProgram? _program;

    public Uri Address => new($"http://127.0.0.1:{_port}/");

    public static async Task<Alertmanager> StartAsync(Uri webhook)
    {
        BuiltProgram.Needs(Name);
        var manager = new Alertmanager();
        System.IO.File.WriteAllText(manager.File("config.yml"), $"""
            route:
              receiver: hook
              group_by: [alertname, severity]
              group_wait: 100ms
              group_interval: 1s
              repeat_interval: 4h
            receivers:
              - name: hook
                webhook_configs:
                  - url: {webhook}
                    send_resolved: true
            """);
        await manager.BeginAsync();
        return manager;
    }

    /// <summary>Starts it with nothing that it knew.</summary>
    public async Task BeginAsync()
    {
        _program = new RunningProgram(
        [
            Name, "--config.file", File("config.yml"), "--storage.path", File("data" + Guid.NewGuid().ToString("N")[..6]),
            "--web.listen-address", $"127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}", "--cluster.listen-address", "",
        ]);
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                if ((await Http.GetAsync(new Uri(Address, "-/ready"))).IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(30), "Alertmanager did not start");
            }
            await Task.Delay(50);
        }
    }

    /// <summary>Kills it.</summary>
    public async Task KillAsync()
    {
        await _program!.SignalAsync("KILL");
        await _program.EndAsync();
        _program.Dispose();
        _program = null;
    }

    /// <summary>What it holds for active: the names of rules with their severity.</summary>
    public async Task<string[]> ActiveAsync()
    {
        using JsonDocument alerts = JsonDocument.Parse(await Http.GetStringAsync(new Uri(Address, "api/v2/alerts?active=true")));
        return [.. alerts.RootElement.EnumerateArray().Select(alert => alert.GetProperty("labels")).Select(labels => $"{labels.GetProperty("alertname").GetString()} {labels.GetProperty("severity").GetString()} {labels.GetProperty("instance").GetString()}").Order(StringComparer.Ordinal)];
    }

    public ValueTask DisposeAsync()
    {
        _program?.Dispose();
        _directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    string File(string name) => Path.Combine(_directory.FullName, name);

    static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
