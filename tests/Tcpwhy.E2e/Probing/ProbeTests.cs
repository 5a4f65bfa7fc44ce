using System.Text.Json;
using Tcpwhy.E2e.Lab;
using Tcpwhy.E2e.Program;
using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Probing;

/// <summary>The probe from a machine of the lab, through its router and firewalls.</summary>
public sealed class ProbeTests
{
    const int Port = 80;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("syn-dropped-firewall", "timeout", "tcp dport 80 drop")]
    [InlineData("conn-refused-firewall-rst", "refused", "tcp dport 80 reject with tcp reset")]
    [InlineData("conn-refused-no-listener", "refused", null)]
    public async Task Names_the_cause_as_diagnose_does(string cause, string outcome, string? rule)
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        // The service itself is well: only what stands before it is not.
        using RunningProgram? server = rule is null ? null : await ServeAsync(network, "*", 2);
        if (rule is not null)
            await network.Router.FilterAsync("forward", [rule], Ct);
        ProgramEnd end = await ProbeAsync(network, "--count", "2", "--connect-timeout", "4s");
        Assert.True(end.Status == ExitCode.Unreachable, end.Error);
        JsonElement address = Address(end);
        Assert.Equal((outcome, cause), (address.GetProperty("outcome").GetString(), address.GetProperty("cause").GetString()));
    }

    [Fact]
    public async Task A_dead_address_of_a_name_is_named_in_the_first_sentence()
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        string second = $"{network.Server.Ipv4}0";
        await network.Server.RunAsync(["ip", "address", "add", $"{second}/24", "dev", "eth0"], Ct);
        await network.Router.FilterAsync("forward", [$"ip daddr {second} drop"], Ct);
        string hosts = Path.Combine(network.Directory, "hosts");
        await File.WriteAllTextAsync(hosts, $"{second} db.example\n{network.Server.Ipv4} db.example\n", Ct);
        using RunningProgram server = await ServeAsync(network, network.Server.Ipv4.ToString(), 2);
        using var probe = new RunningProgram(["ip", "netns", "exec", network.Client.Name, "sh", "-c",
            $"mount --bind {hosts} /etc/hosts && exec dotnet {LabUnderTest.Executable} probe db.example:{Port} --4 --count 2 --connect-timeout 4s"]);
        ProgramEnd end = await probe.EndAsync();
        Assert.True(end.Status == ExitCode.Findings, end.Out + end.Error);
        Assert.Matches($@"^1 of 2 addresses of db\.example:80 answer in [0-9.]+ (µs|ms); {second} never\s+does:\s+syn-dropped-firewall", end.Out);
    }

    [Theory]
    [InlineData("server", "there", 900)]
    [InlineData("client", "back", 1000)]
    public async Task Packets_that_vanish_are_measured_to_the_byte(string device, string direction, int mtu)
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        await network.Router.FilterAsync("output", ["icmp type destination-unreachable drop"], Ct);
        await network.Router.RunAsync(["ip", "link", "set", device, "mtu", $"{mtu}"], Ct);
        using RunningProgram server = await ServeAsync(network, "*", 5000);
        ProgramEnd end = await ProbeAsync(network, "--count", "1", "--http", "/", "--mtu", "--response-timeout", "2s");
        JsonElement found = Address(end).GetProperty("mtu");
        Assert.Equal(("pmtu-blackhole", mtu), (found.GetProperty("cause").GetString(), found.GetProperty("passing_bytes").GetInt32()));
        JsonElement hole = found.GetProperty(direction);
        Assert.Equal(("black_hole", mtu, mtu + 1), (hole.GetProperty("outcome").GetString(), hole.GetProperty("passing_bytes").GetInt32(), hole.GetProperty("vanishing_bytes").GetInt32()));
        Assert.NotEqual("black_hole", found.GetProperty(direction == "there" ? "back" : "there").GetProperty("outcome").GetString());
        Assert.Equal("pmtu-blackhole", Address(end).GetProperty("cause").GetString());
    }

    [Fact]
    public async Task A_smaller_mtu_that_a_router_tells_is_no_black_hole()
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        await network.Router.RunAsync(["ip", "link", "set", "server", "mtu", "900"], Ct);
        using RunningProgram server = await ServeAsync(network, "*", 5000);
        ProgramEnd end = await ProbeAsync(network, "--count", "1", "--http", "/", "--mtu");
        Assert.True(end.Status == ExitCode.Done, end.Out + end.Error);
        JsonElement there = Address(end).GetProperty("mtu").GetProperty("there");
        Assert.Equal(("passes", true, 900), (there.GetProperty("outcome").GetString(), there.GetProperty("told_by_router").GetBoolean(), there.GetProperty("passing_bytes").GetInt32()));
    }

    static async Task<ProgramEnd> ProbeAsync(Network network, params string[] options)
    {
        using var probe = new RunningProgram(["ip", "netns", "exec", network.Client.Name, "dotnet", LabUnderTest.Executable,
            "probe", $"{network.Server.Ipv4}:{Port}", "--format", "json", .. options]);
        return await probe.EndAsync();
    }

    static async Task<RunningProgram> ServeAsync(Network network, string address, int body)
    {
        var server = new RunningProgram(["ip", "netns", "exec", network.Server.Name, "dotnet", LabUnderTest.Executable,
            "listen", $"{address}:{Port}", "--mode", "http", "--body", $"{body}", "--duration", "60s"]);
        for (int tries = 0; tries < 100; tries++)
        {
            if ((await network.Server.RunAsync(["ss", "-Hltn", $"sport = :{Port}"], Ct)).Length > 0)
                return server;
            await Task.Delay(100, Ct);
        }
        ProgramEnd end = await server.EndAsync(TimeSpan.FromSeconds(1));
        throw new InvalidOperationException($"no server: {end.Error}");
    }

    static JsonElement Address(ProgramEnd end)
    {
        Assert.True(end.Out.Length > 0, end.Error);
        return JsonDocument.Parse(end.Out).RootElement.GetProperty("addresses")[0];
    }
}
