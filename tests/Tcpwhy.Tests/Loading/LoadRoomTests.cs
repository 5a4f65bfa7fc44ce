using System.Net;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Loading;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.Tests.Loading;

public class LoadRoomTests
{
    private static readonly LoadRoom room = new((32768, 60999), 0, 20_000, 16L << 30);

    [Theory]
    [InlineData(28_233, 1, "28,233 connections need as many ports: ports 32768 to 60999 make 28,232 per source address and destination, times 1 source is 28,232; 2 would do: --source 127.0.0.1,127.0.0.2")]
    [InlineData(100_003, 3, "100,003 connections need as many ports: ports 32768 to 60999 make 28,232 per source address and destination, times 3 sources is 84,696; 4 would do: --source 127.0.0.1,127.0.0.2,127.0.0.3,127.0.0.4")]
    public void Too_many_for_the_ports_is_refused_with_the_arithmetic(int connections, int sources, string why) =>
        Assert.Equal(why, Refusal(room, Plan(connections, sources)));

    [Fact]
    public void Too_many_for_the_descriptors_is_refused_with_the_arithmetic() =>
        Assert.Equal(
            "28,000 connections need as many descriptors: a process may have 256 (RLIMIT_NOFILE) and keeps 200 for itself, times 64 processes is 3,584; raise the limit with ulimit -n",
            Refusal(room with { Descriptors = 256 }, Plan(28_000, 1)));

    [Fact]
    public void Too_many_for_the_memory_is_refused_with_the_arithmetic() =>
        Assert.Equal("28,000 connections need about 273 MiB: 5 KiB each in the kernel at both ends, which are on this host; 100 MiB are free",
            Refusal(room with { Memory = 100L << 20 }, Plan(28_000, 1)));

    [Fact]
    public void What_fits_is_spread_over_as_many_processes_as_it_takes()
    {
        room.Check(Plan(100_003, 4));
        Assert.Equal(6, room.Processes(Plan(100_003, 4)));
        Assert.Equal(1, room.Processes(Plan(19_800, 1)));
        Assert.Equal(2, room.Processes(Plan(19_801, 1)));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("8080", 0)]
    [InlineData("32768,40000-40009,60999-65000", 12)]
    public void Reserved_ports_are_counted_within_the_range(string list, int count) =>
        Assert.Equal(count, LoadRoom.CountReserved(list, (32768, 60999)));

    [Fact]
    public void A_malformed_list_of_reserved_ports_is_told() =>
        Assert.Throws<InvalidDataException>(() => LoadRoom.CountReserved("80,x-y", (1, 2)));

    [Fact]
    public void This_host_has_room()
    {
        LoadRoom here = LoadRoom.Read(new ProcFs());
        Assert.True(here is { PortsPerSource: > 0, Descriptors: > 0, Memory: > 0 }, $"{here}");
    }

    private static string Refusal(LoadRoom room, LoadPlan plan)
    {
        ToolException refused = Assert.Throws<ToolException>(() => room.Check(plan));
        Assert.Equal(ExitCode.Usage, refused.ExitCode);
        return refused.Message;
    }

    private static LoadPlan Plan(int connections, int sources) => new()
    {
        Target = new Endpoint(IPAddress.Loopback, 80),
        Connections = connections,
        Sources = [.. Enumerable.Range(1, sources).Select(last => IPAddress.Parse($"127.0.0.{last}"))],
    };
}
