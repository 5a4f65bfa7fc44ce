using System.Text.Json;
using Tcpwhy.E2e.Program;
using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Probing;

/// <summary>Requests on kept connections around a real nginx's keep-alive timeout: what is lost is lost to the causes that it should be.</summary>
public class ReuseTests(BuiltProgram program)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_after_a_close_that_was_not_looked_for_is_stale_reuse()
    {
        await using Network network = await IdleProbe.NetworkAsync("nginx");
        await IdleProbe.StartNginxAsync(network, "keepalive_timeout 2s;", Ct);

        JsonElement reuse = await ReuseAsync(network);

        JsonElement before = Group(reuse, "before"), around = Group(reuse, "around"), after = Group(reuse, "after");
        Assert.Equal(24, before.GetProperty("answered").GetInt32());
        Assert.Equal(120, around.GetProperty("pairs").GetInt32());
        Assert.True(around.GetProperty("answered").GetInt32() > 0 && around.GetProperty("close_noticed").GetInt32() > 0, around.ToString());
        Assert.Equal(24, after.GetProperty("lost").GetInt32());
        Assert.Equal(24 + around.GetProperty("lost").GetInt32(), Causes(reuse).Values.Sum());
        Assert.Equal(24, Causes(reuse)["stale-conn-reuse"]);
    }

    [Fact]
    public async Task A_request_that_crosses_the_close_is_the_keep_alive_race()
    {
        await using Network network = await IdleProbe.NetworkAsync("nginx");
        await IdleProbe.StartNginxAsync(network, "keepalive_timeout 2s;", Ct);
        // The close is under way for so long that every request crosses it.
        await network.Router.FilterAsync("forward", [$"ip saddr {network.Server.Ipv4} tcp flags & fin == fin drop"], Ct);

        JsonElement reuse = await ReuseAsync(network);

        Assert.Equal(24, Group(reuse, "before").GetProperty("answered").GetInt32());
        JsonElement around = Group(reuse, "around");
        Assert.True(around.GetProperty("lost").GetInt32() > 0, around.ToString());
        Assert.Equal(0, around.GetProperty("close_noticed").GetInt32());
        Assert.True(Causes(reuse).GetValueOrDefault("keepalive-race") > 0, reuse.ToString());
    }

    async Task<JsonElement> ReuseAsync(Network network) =>
        (await IdleProbe.RunAsync(program, network, network.Server.Ipv4, "--reuse", "--idle-timeout", "2s", "--http", "/")).GetProperty("reuse");

    static JsonElement Group(JsonElement reuse, string when) => reuse.GetProperty("groups").EnumerateArray().Single(group => group.GetProperty("when").GetString() == when);

    static Dictionary<string, int> Causes(JsonElement reuse) => reuse.GetProperty("failures_by_cause").EnumerateArray()
        .ToDictionary(cause => cause.GetProperty("cause").GetString()!, cause => cause.GetProperty("count").GetInt32());
}
