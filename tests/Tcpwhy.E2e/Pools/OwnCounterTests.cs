using System.Text.Json;
using Tcpwhy.E2e.Hygiene;
using Tcpwhy.E2e.Lab;
using Tcpwhy.E2e.Program;
using Xunit;

namespace Tcpwhy.E2e.Pools;

/// <summary>What a real .NET program counts of its own requests stands beside what is seen of its connections: the program is this test, its server is `listen`.</summary>
[Collection(nameof(Alone))]
public class OwnCounterTests
{
    const int Callers = 8, Connections = 2;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_that_wait_in_a_pool_of_dotnet_are_told_by_the_program_itself()
    {
        BuiltProgram.Needs("root");
        using var listen = new RunningProgram(["dotnet", LabUnderTest.Executable, "listen", "0", "--mode", "http", "--response-delay", "40ms", "--duration", "40s", "--format", "json"]);
        string listening = await listen.SaysAsync("listening");
        int port = int.Parse(listening.Split("127.0.0.1:")[1].Split([' ', ',', ';'])[0], System.Globalization.CultureInfo.InvariantCulture);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections });
        Task[] callers = [.. Enumerable.Range(0, Callers).Select(_ => CallAsync(client, new Uri($"http://127.0.0.1:{port}/"), stop.Token))];

        ProgramEnd asked = await PoolsAsync(port), left = await PoolsAsync(port, "--no-own-counters");
        await stop.CancelAsync();
        await Task.WhenAll(callers);
        await listen.SignalAsync("INT");

        JsonElement pool = Pool(asked);
        JsonElement own = Assert.Single(pool.GetProperty("own_counts").EnumerateArray());
        Assert.Equal($"127.0.0.1:{port}", own.GetProperty("server").GetString());
        // Two connections, 40 ms an answer: about 50 requests/s, of which nearly all waited for three others.
        Assert.InRange(own.GetProperty("requests").GetInt32(), 20, 400);
        Assert.True(own.GetProperty("waited").GetInt32() * 2 > own.GetProperty("requests").GetInt32(), own.ToString());
        Assert.InRange(own.GetProperty("waited_mean_seconds").GetDouble(), 0.02, 2);
        Assert.Equal(("exhausted", "critical"), (pool.GetProperty("verdict").GetString(), pool.GetProperty("judgements")[0].GetProperty("severity").GetString()));
        Assert.Empty(Pool(left).GetProperty("own_counts").EnumerateArray());
    }

    [Fact]
    public async Task A_program_without_the_port_is_said_in_one_line()
    {
        BuiltProgram.Needs("root", "env");
        using var listen = new RunningProgram(["dotnet", LabUnderTest.Executable, "listen", "0", "--mode", "http", "--duration", "40s"]);
        string service = (await listen.SaysAsync("listening")).Split("127.0.0.1:")[1].Split([' ', ',', ';'])[0];
        using var load = new RunningProgram(["env", "DOTNET_EnableDiagnostics=0", "dotnet", LabUnderTest.Executable, "load", $"127.0.0.1:{service}", "--http", "/", "--connections", "2", "--rate", "50", "--duration", "8s", "--no-ebpf"]);
        await Task.Delay(2000, Ct);

        ProgramEnd end = await PoolsAsync(int.Parse(service, System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal($"what 1 .NET processes count themselves cannot be read; of pid {load.Pid}: it has no diagnostics port for this user", Assert.Single(end.Complaints, line => line.Contains(".NET", StringComparison.Ordinal)));
        Assert.Empty(Pool(end).GetProperty("own_counts").EnumerateArray());
        await load.SignalAsync("INT");
        await listen.SignalAsync("INT");
    }

    static async Task<ProgramEnd> PoolsAsync(int port, params string[] options)
    {
        using var running = new RunningProgram([.. Tuning.TunedHost.Tcpwhy, "pools", $"dport = :{port}", "--duration", "5s", "--format", "json", .. options]);
        ProgramEnd end = await running.EndAsync();
        Assert.True(end.Status == 0, end.Error);
        return end;
    }

    static JsonElement Pool(ProgramEnd end)
    {
        JsonElement report = JsonDocument.Parse(end.Out).RootElement;
        JsonElement schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(BuiltProgram.Project, "docs", "schemas", "pools.json"))).RootElement;
        Assert.Empty(Tcpwhy.Tests.Cli.JsonSchema.Errors(schema, report));
        return Assert.Single(report.GetProperty("pools").EnumerateArray());
    }

    static async Task CallAsync(HttpClient client, Uri uri, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await client.GetStringAsync(uri, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
