using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tcpwhy.E2e.Program;
using Xunit;

namespace Tcpwhy.E2e.Loading;

/// <summary>Loads as a user runs them: in worker processes, interrupted, and against the test server's misbehaviour.</summary>
public sealed class LoadTests(BuiltProgram program) : IDisposable
{
    // A process may then have 200 connections.
    static readonly string[] FewDescriptors = ["prlimit", "--nofile=400"];
    readonly TcpListener _server = Listening();
    readonly List<Socket> _accepted = [];

    // Kept: a listener that was stopped has forgotten its port.
    string? _target;

    string Target => _target ??= $"127.0.0.1:{((IPEndPoint)_server.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}";

    [Fact]
    public async Task More_connections_than_a_process_may_have_are_held_by_several()
    {
        Accept();
        ProgramEnd end = await program.RunAsync(FewDescriptors, "load", Target, "--connections", "1009", "--hold", "--duration", "1s", "--no-ebpf", "--format", "json");

        Assert.True(end.Status == 0, end.Error);
        JsonElement load = JsonDocument.Parse(end.Out).RootElement;
        Assert.Equal(6, load.GetProperty("generator").GetProperty("processes").GetInt32());
        Assert.Equal((1009, 0, 1009), (Summary(load, "attempts"), Summary(load, "failures"), Summary(load, "most_at_once")));
        Assert.Equal(1009, _accepted.Count);
        Assert.True(load.GetProperty("hold").GetProperty("memory_bytes_per_connection").GetInt64() > 0);
    }

    [Fact]
    public async Task The_death_of_a_worker_is_told()
    {
        Accept();
        using RunningProgram running = await program.StartAsync(FewDescriptors, "load", Target, "--connections", "401", "--hold", "--duration", "6s", "--no-ebpf", "--format", "json");
        while (_accepted.Count < 401)
            await Task.Delay(50);
        await Task.Delay(500); // until its workers have reported
        int worker = Children(running.Pid)[0];
        using (System.Diagnostics.Process kill = System.Diagnostics.Process.Start("kill", ["-s", "KILL", worker.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        ProgramEnd end = await running.EndAsync();

        Assert.Equal(6, end.Status);
        Assert.Contains("a worker process ended before its time (killed by signal 9): its 134 connections are lost", end.Error, StringComparison.Ordinal);
        Assert.Empty(Children(running.Pid));
    }

    [Fact]
    public async Task An_interrupt_ends_it_with_what_there_is()
    {
        Accept();
        using RunningProgram running = await program.StartAsync([], "load", Target, "--connections", "17", "--hold", "--duration", "5m", "--no-ebpf", "--format", "json");
        while (_accepted.Count < 17)
            await Task.Delay(50);
        await Task.Delay(500);
        await running.SignalAsync("INT");
        ProgramEnd end = await running.EndAsync();

        Assert.Equal(130, end.Status);
        Assert.Equal(17, Summary(JsonDocument.Parse(end.Out).RootElement, "attempts"));
    }

    [Theory]
    [InlineData("server-close-unread", "--close-unread")]
    [InlineData("linger-zero-abort", "--reset-after", "500")]
    public async Task A_failure_has_the_cause_that_the_server_made(string cause, params string[] misbehaviour)
    {
        BuiltProgram.Needs("root");
        string service = Target;
        _server.Stop();
        using RunningProgram listen = await program.StartAsync([], ["listen", service, .. misbehaviour]);
        await Ready(Target);
        ProgramEnd end = await program.RunAsync("load", Target, "--send", "500", "--count", "13", "--connections", "3", "--format", "json");

        JsonElement found = Assert.Single(JsonDocument.Parse(end.Out).RootElement.GetProperty("failures_by_cause").EnumerateArray());
        Assert.Equal((cause, 13), (found.GetProperty("cause").GetString(), found.GetProperty("count").GetInt32()));
        await listen.SignalAsync("INT");
        await listen.EndAsync();
    }

    [Fact]
    public async Task Requests_go_through_tls()
    {
        string service = Target;
        _server.Stop();
        using RunningProgram listen = await program.StartAsync([], "listen", service, "--mode", "http", "--tls");
        await Ready(Target);
        ProgramEnd trusting = await program.RunAsync("load", $"https://{Target}/", "--count", "31", "--connections", "3", "--insecure", "--no-ebpf", "--timeout", "50s", "--connect-timeout", "50s", "--format", "json");
        ProgramEnd wary = await program.RunAsync("load", $"https://{Target}/", "--count", "3", "--connections", "1", "--no-ebpf", "--format", "json");

        JsonElement load = JsonDocument.Parse(trusting.Out).RootElement;
        Assert.Equal((31, 0, 3), (Summary(load, "requests"), Summary(load, "failures"), Summary(load, "connections_opened")));
        Assert.Equal("tls-handshake", JsonDocument.Parse(wary.Out).RootElement.GetProperty("failures_by_cause")[0].GetProperty("cause").GetString());
        await listen.SignalAsync("INT");
        await listen.EndAsync();
    }

    public void Dispose()
    {
        _server.Dispose();
        lock (_accepted)
            _accepted.ForEach(socket => socket.Dispose());
    }

    static TcpListener Listening()
    {
        TcpListener server = new(IPAddress.Loopback, 0);
        server.Start(1024);
        return server;
    }

    static long Summary(JsonElement load, string name) => load.GetProperty("summary").GetProperty(name).GetInt64();

    static async Task Ready(string target)
    {
        IPEndPoint at = IPEndPoint.Parse(target);
        for (int tries = 0; ; tries++)
        {
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(at);
                return;
            }
            catch (SocketException) when (tries < 200)
            {
                await Task.Delay(100);
            }
        }
    }

    static List<int> Children(int parent) =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Select(name => int.TryParse(name, out int pid) ? pid : 0).Where(pid => pid > 0 && ParentOf(pid) == parent)];

    static int ParentOf(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    void Accept() => _ = Task.Run(async () =>
    {
        try
        {
            while (true)
            {
                Socket socket = await _server.AcceptSocketAsync();
                lock (_accepted)
                    _accepted.Add(socket);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
        }
    });
}
