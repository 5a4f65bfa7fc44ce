using System.Text.Json;
using Tcpwhy.E2e.Hygiene;
using Xunit;

namespace Tcpwhy.E2e.Pools;

[Collection(nameof(Alone))]
public class PoolsTests(PoolPrograms programs) : IClassFixture<PoolPrograms>
{
    [Theory]
    [InlineData("python3", "healthy", "healthy", "Python", "")]
    [InlineData("python3", "exhausted", "exhausted", "Python", "HTTPAdapter(pool_maxsize)")]
    [InlineData("python3", "too-large", "too-large", "Python", "HTTPAdapter(pool_maxsize)")]
    [InlineData("python3", "no-reuse", "no-reuse", "Python", "Session")]
    [InlineData("python3", "leak", "leak", "Python", "response.release_conn()")]
    [InlineData("python3", "close-wait", "leak", "Python", "response.release_conn()")]
    [InlineData("python3", "warming", "healthy", "Python", "")]
    [InlineData("python3", "stale", "stale-risk", "Python", "pool_pre_ping")]
    [InlineData("python3", "subscribers", "healthy", "Python", "")]
    [InlineData("node", "healthy", "healthy", "Node.js", "")]
    [InlineData("node", "exhausted", "exhausted", "Node.js", "maxSockets")]
    [InlineData("node", "no-reuse", "no-reuse", "Node.js", "keepAlive")]
    [InlineData("node", "leak", "leak", "Node.js", "response.resume()")]
    [InlineData("java", "healthy", "healthy", "Java", "")]
    [InlineData("java", "exhausted", "exhausted", "Java", "maximumPoolSize")]
    [InlineData("java", "no-reuse", "no-reuse", "Java", "http.maxConnections")]
    [InlineData("java", "leak", "leak", "Java", "leakDetectionThreshold")]
    [InlineData("go", "no-reuse", "no-reuse", "Go", "MaxIdleConnsPerHost")]
    [InlineData("go", "healthy", "healthy", "Go", "")]
    [InlineData("nginx", "no-reuse", "no-reuse", "nginx", "keepalive")]
    [InlineData("nginx", "reuse", "healthy", "nginx", "")]
    [InlineData("dotnet", "leak", "leak", ".NET", "await using DbConnection")]
    public void Each_program_gets_its_verdict_and_its_runtime_s_settings(string program, string mode, string verdict, string runtime, string setting)
    {
        JsonElement pool = Pool(programs.WithBpf, program, mode);

        Assert.Equal((verdict, runtime), (pool.GetProperty("verdict").GetString(), pool.GetProperty("process").GetProperty("runtime").GetString()));
        if (setting.Length > 0)
            Assert.Contains(setting, pool.GetProperty("judgements")[0].GetProperty("settings").EnumerateArray().Select(one => one.GetProperty("setting").GetString()));
    }

    [Theory]
    [InlineData("python3", "healthy", "healthy")]
    [InlineData("python3", "exhausted", "exhausted")]
    [InlineData("python3", "too-large", "too-large")]
    [InlineData("python3", "no-reuse", "no-reuse")]
    [InlineData("python3", "leak", "leak")]
    [InlineData("python3", "close-wait", "leak")]
    [InlineData("python3", "stale", "stale-risk")]
    [InlineData("node", "healthy", "healthy")]
    [InlineData("java", "healthy", "healthy")]
    public void Without_eBPF_the_verdict_is_the_same(string program, string mode, string verdict) =>
        Assert.Equal(verdict, Pool(programs.WithoutBpf, program, mode).GetProperty("verdict").GetString());

    [Fact]
    public void The_answer_keeps_its_schema()
    {
        Assert.SkipWhen(programs.Obstacle is not null, programs.Obstacle ?? "");
        string root = AppContext.BaseDirectory;
        while (!Directory.Exists(Path.Combine(root, "docs", "schemas")))
            root = Path.GetDirectoryName(root)!;
        JsonElement schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "docs", "schemas", "pools.json"))).RootElement;
        Assert.Empty(Tcpwhy.Tests.Cli.JsonSchema.Errors(schema, programs.WithBpf));
        Assert.Empty(Tcpwhy.Tests.Cli.JsonSchema.Errors(schema, programs.WithoutBpf));
    }

    JsonElement Pool(JsonElement report, string program, string mode)
    {
        Assert.SkipWhen(programs.Obstacle is not null, programs.Obstacle ?? "");
        Assert.SkipWhen(programs.Missing.Contains(program), $"needs {program}");
        string destination = $":{PoolPrograms.Port(program, mode)}";
        JsonElement[] found = [.. report.GetProperty("pools").EnumerateArray().Where(pool => pool.GetProperty("destination").GetString()!.EndsWith(destination, StringComparison.Ordinal))];
        Assert.True(found.Length == 1, $"{found.Length} pools to {destination}: {string.Join('\n', found)}");
        return found[0];
    }
}
