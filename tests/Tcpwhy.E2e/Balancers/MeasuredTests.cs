using Tcpwhy.E2e.Hygiene;
using Tcpwhy.E2e.Lab;
using Tcpwhy.E2e.Program;
using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Balancers;

/// <summary>How long real backends keep idle connections is measured, and the shortest time is what the pool undercuts.</summary>
[Collection(nameof(Alone))]
public class MeasuredTests
{
    const int Nginx = 8081, Haproxy = 8082, Listen = 8083, Nobody = 8084;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_pool_gives_up_before_the_backend_that_keeps_connections_for_the_shortest_time()
    {
        await using Rack rack = await Rack.CreateAsync();
        await StartBackendsAsync(rack);

        ProgramEnd end = await GenerateAsync(rack, "nginx", [Nginx, Haproxy, Listen], "--measure-max", "10s");

        Assert.Contains($"{rack.Network.Server.Ipv4}:{Nginx} keeps idle connections for 6s", end.Complaints);
        Assert.Contains($"{rack.Network.Server.Ipv4}:{Haproxy} keeps idle connections for 4s", end.Complaints);
        Assert.Contains($"{rack.Network.Server.Ipv4}:{Listen} keeps idle connections for 5s", end.Complaints);
        Assert.Contains("backends (4s, measured)", Head(end), StringComparison.Ordinal);
        Assert.Contains("        keepalive_timeout 2s;", end.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backend_that_does_not_answer_is_said_and_counts_with_the_known_default()
    {
        await using Rack rack = await Rack.CreateAsync();
        await StartBackendsAsync(rack);

        ProgramEnd end = await GenerateAsync(rack, "nginx", [Nginx, Nobody], "--measure-max", "10s");

        Assert.Contains($"{rack.Network.Server.Ipv4}:{Nginx} keeps idle connections for 6s", end.Complaints);
        Assert.Contains($"{rack.Network.Server.Ipv4}:{Nobody} cannot be measured, so 5s is assumed: {rack.Network.Server.Ipv4}:{Nobody}: Connection refused", end.Complaints);
        Assert.Contains("keepalive_timeout 3s;", end.Out, StringComparison.Ordinal);

        ProgramEnd alone = await GenerateAsync(rack, "haproxy", [Nobody]);
        Assert.Contains("backends (idle timeout not known)", Head(alone), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backend_that_outlasts_the_measuring_keeps_connections_that_long_at_least()
    {
        await using Rack rack = await Rack.CreateAsync();
        await StartBackendsAsync(rack);

        ProgramEnd end = await GenerateAsync(rack, "haproxy", [Nginx], "--measure-max", "3s");

        Assert.Contains($"{rack.Network.Server.Ipv4}:{Nginx} keeps idle connections for 3s at least", end.Complaints);
        Assert.Contains("backends (3s, measured)", Head(end), StringComparison.Ordinal);
    }

    static async Task StartBackendsAsync(Rack rack)
    {
        Network network = rack.Network;
        await rack.ServerAsync(Nginx, "6s");
        string file = Path.Combine(network.Directory, "backend.cfg");
        await File.WriteAllTextAsync(file, $"""
            defaults
                mode http
                timeout client 30s
                timeout http-keep-alive 4s
            frontend in
                bind :{Haproxy}
                http-request return status 200 content-type text/plain string "an answer"

            """, Ct);
        await network.StartDaemonAsync(network.Server, ["haproxy", "-db", "-f", file], Haproxy, Ct);
        await network.StartDaemonAsync(network.Server, ["dotnet", LabUnderTest.Executable, "listen", $"0.0.0.0:{Listen}", "--mode", "http", "--idle-timeout", "5s", "--duration", "1m"], Listen, Ct);
    }

    static string Head(ProgramEnd end) => end.Out.Replace("\n# ", " ", StringComparison.Ordinal).Split('\n')[0];

    static async Task<ProgramEnd> GenerateAsync(Rack rack, string kind, int[] ports, params string[] options)
    {
        using var running = new RunningProgram(["ip", "netns", "exec", rack.Network.Router.Name, .. Tuning.TunedHost.Tcpwhy, "generate", kind, .. ports.Select(port => $"{rack.Network.Server.Ipv4}:{port}"), "--measure", .. options]);
        ProgramEnd end = await running.EndAsync();
        Assert.True(end.Status == 0, end.Error);
        return end;
    }
}
