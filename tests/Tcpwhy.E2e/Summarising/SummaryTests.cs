using System.Text.Json;
using Tcpwhy.E2e.Connections;
using Tcpwhy.E2e.Hygiene;
using Tcpwhy.E2e.Lab;
using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Summarising;

[Collection(nameof(Alone))]
public class SummaryTests
{
    [Theory, InlineData(""), InlineData("--no-ebpf")]
    public async Task Counts_what_ss_lists(string option)
    {
        string[] options = option == "--no-ebpf" ? [option] : [];
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using Network network = await LabUnderTest.NetworkAsync(["nft"]);
        using QuietSockets sockets = await QuietSockets.MakeAsync(network, ct);
        foreach (Host host in new[] { network.Client, network.Server })
        {
            Listed[] ss = [.. (await host.RunAsync(["ss", "-tanpH"], ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Listed.FromSs)];
            using JsonDocument ours = JsonDocument.Parse(await TcpwhyProgram.RunAsync(["summary", $"netns {host.Netns}", "--format=json", "--interval=100ms", .. options]));
            JsonElement root = ours.RootElement;

            Assert.Equal(ss.Count(one => one.State != "listen"), root.GetProperty("connections").GetInt32());
            Assert.Equal(
                ss.GroupBy(one => one.State).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Key} {group.Count()}"),
                root.GetProperty("states").EnumerateObject().Select(state => $"{state.Name} {state.Value}"));
            Assert.Equal(
                ss.Where(one => one.State == "listen").Select(one => $"{one.Local} {one.ReceiveQueue} of {one.SendQueue} by {one.Pid}").Order(StringComparer.Ordinal),
                root.GetProperty("listeners").EnumerateArray().Select(Listener).Order(StringComparer.Ordinal));
            Assert.Equal(
                ss.Where(one => one.State != "listen" && one.Pid is not null).GroupBy(one => one.Pid).Select(group => $"{group.Key} {group.Count()}").Order(StringComparer.Ordinal),
                root.GetProperty("processes").EnumerateArray().Select(one => $"{one.GetProperty("pid")} {one.GetProperty("connections")}").Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Rates_are_those_of_the_window()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using Network network = await LabUnderTest.NetworkAsync(["nft"]);
        Task<string> summary = TcpwhyProgram.RunAsync("summary", "--format=json", "--interval=4s");
        // Nobody listens: each attempt is refused, and counts as opened and failed. Some fall into the window, whenever it begins.
        int attempts = 0;
        for (; !summary.IsCompleted; attempts++)
            await network.Client.RunAsync(["bash", "-c", $"(exec 3<>/dev/tcp/{network.Server.Ipv4}/9) 2>/dev/null; sleep 0.05; true"], ct);
        using JsonDocument ours = JsonDocument.Parse(await summary);

        JsonElement counters = ours.RootElement.GetProperty("counters");
        // Other programs of the host count as well.
        Assert.InRange(counters.GetProperty("TcpActiveOpens").GetInt64(), Math.Min(attempts / 4, 10), long.MaxValue);
        Assert.InRange(counters.GetProperty("TcpAttemptFails").GetInt64(), Math.Min(attempts / 4, 10), long.MaxValue);
        double seconds = ours.RootElement.GetProperty("interval_seconds").GetDouble();
        Assert.Equal(counters.GetProperty("TcpActiveOpens").GetInt64() / seconds, ours.RootElement.GetProperty("per_second").GetProperty("opened").GetDouble(), 0.01);
    }

    static string Listener(JsonElement one)
    {
        JsonElement process = one.GetProperty("process");
        string pid = process.ValueKind == JsonValueKind.Null ? "" : process.GetProperty("pid").ToString();
        return $"{one.GetProperty("local").GetString()} {one.GetProperty("waiting")} of {one.GetProperty("backlog")} by {pid}";
    }
}
