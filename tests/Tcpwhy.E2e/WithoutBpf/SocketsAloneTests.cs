using System.Text.Json;
using Tcpwhy.E2e.Lab;
using Tcpwhy.E2e.Program;
using Tcpwhy.Lab;
using Xunit;
using Fault = Tcpwhy.Lab.Fault;

namespace Tcpwhy.E2e.WithoutBpf;

/// <summary>Inside one namespace, without eBPF: what sockets alone show is still found.</summary>
public class SocketsAloneTests(BuiltProgram program)
{
    [Fact]
    public async Task A_leak_is_found_by_an_ordinary_user() => Found(await AsNobodyAsync("close-wait-leak", network => network.Server), "close-wait-leak", 5);

    [Fact]
    public async Task A_full_accept_queue_is_found_by_an_ordinary_user() =>
        Found(await AsNobodyAsync("accept-queue-overflow-drop", network => network.Server), "accept-queue-overflow-drop", null);

    [Fact]
    public async Task Unanswered_attempts_are_found_by_an_ordinary_user() =>
        Found(await AsNobodyAsync("syn-dropped-firewall", network => network.Client), "syn-dropped-firewall", 5);

    [Fact]
    public async Task A_table_of_TIME_WAIT_without_room_is_found_by_an_ordinary_user() =>
        Found(await AsNobodyAsync("time-wait-bucket-overflow", network => network.Server), "time-wait-bucket-overflow", 5);

    [Fact]
    public async Task Ports_that_TIME_WAIT_uses_up_are_found_by_an_ordinary_user() =>
        Found(await AsNobodyAsync("time-wait-accumulation", network => network.Router), "time-wait-accumulation", 5);

    async Task<JsonElement> AsNobodyAsync(string cause, Func<Network, Host> where)
    {
        await program.NeedsNobodyAsync();
        Fault fault = FaultCatalogue.Find(cause)!;
        await using Network network = await LabUnderTest.NetworkAsync(fault.Requires);
        using RunningProgram watch = await program.StartAsync(["ip", "netns", "exec", where(network).Name, .. BuiltProgram.AsNobody], "diagnose", "--duration", "1m", "--format", "json");
        await watch.WatchesAsync();
        await fault.MakeAsync(network, new Parameters { Count = 5 }, TestContext.Current.CancellationToken);
        await Task.Delay(1000);
        await watch.SignalAsync("INT");
        ProgramEnd end = await watch.EndAsync();
        using JsonDocument answer = JsonDocument.Parse(end.Out);
        return answer.RootElement.Clone();
    }

    static void Found(JsonElement answer, string cause, int? count)
    {
        JsonElement first = answer.GetProperty("findings").EnumerateArray().FirstOrDefault();
        Assert.True(first.ValueKind == JsonValueKind.Object && first.GetProperty("cause").GetString() == cause, $"{answer.GetProperty("findings")}"[..Math.Min(2000, $"{answer.GetProperty("findings")}".Length)]);
        if (count is not null)
            Assert.Equal(count, first.GetProperty("count").GetInt32());
        string[] unavailable = [.. answer.GetProperty("visibility").GetProperty("unavailable").EnumerateArray().Select(one => one.GetProperty("cause").GetString()!)];
        Assert.Equal("sock_diag", answer.GetProperty("visibility").GetProperty("source").GetString());
        Assert.DoesNotContain(cause, unavailable);
        // Every cause is either told or named as one that cannot be.
        Assert.All(new[] { "server-close-unread", "conn-refused-no-listener", "process-crash" }, other => Assert.Contains(other, unavailable));
    }
}
