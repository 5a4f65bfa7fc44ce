using System.Text.Json;
using Tcpwhy.E2e.Diagnosis;
using Tcpwhy.Model;
using Tcpwhy.Serving;
using Xunit;

namespace Tcpwhy.E2e.Serving;

/// <summary>What <c>listen</c> says that clients will see of a misbehaviour is what <c>diagnose</c> names.</summary>
public class MisbehaviourTests(Misbehaved misbehaved) : IClassFixture<Misbehaved>
{
    [Theory]
    [InlineData(8101, Misbehaviour.CloseUnread, "server-close-unread")]
    [InlineData(8102, Misbehaviour.ResetAfter, "linger-zero-abort")]
    [InlineData(8103, Misbehaviour.ResetAfter, "linger-zero-abort")]
    [InlineData(8104, Misbehaviour.IdleTimeout, "stale-conn-reuse")]
    [InlineData(8105, Misbehaviour.IdleTimeout, "keepalive-race")]
    [InlineData(8106, Misbehaviour.CloseAfter, "stale-conn-reuse")]
    [InlineData(8107, Misbehaviour.MaxConnections, "accept-queue-overflow-drop")]
    [InlineData(8108, Misbehaviour.AcceptDelay, "accept-queue-overflow-drop")]
    public void Is_named_by_diagnose(int port, Misbehaviour kind, string cause)
    {
        IReadOnlyList<Finding> findings = misbehaved.Findings(port);

        Assert.Contains(cause, Misbehaviours.Causes(kind));
        Assert.True(findings is [{ Count: Misbehaved.Clients } first, ..] && first.Cause == cause, $"{Misbehaved.Servers[port]} said:{TrialAssert.Of(findings)}");
        Assert.DoesNotContain(findings.Skip(1), other => other.Severity > Severity.Info);
    }

    [Theory]
    [InlineData(8101, "close-unread", "our_reset")]
    [InlineData(8102, "reset-after", "our_reset")]
    [InlineData(8103, "reset-after", "our_reset")]
    [InlineData(8104, "idle-timeout", "our_fin")]
    [InlineData(8105, "idle-timeout", "our_fin")]
    [InlineData(8106, "close-after", "our_fin")]
    public void Is_counted_by_the_server_itself(int port, string kind, string ending)
    {
        _ = misbehaved.Findings(port);
        JsonElement summary = misbehaved.Summary(port);
        Assert.Equal(Misbehaved.Clients, summary.GetProperty("connections").GetProperty("ended_by").GetProperty(ending).GetInt32());
        Assert.Equal(Misbehaved.Clients, summary.GetProperty("connections").GetProperty("accepted").GetInt32());
        JsonElement purpose = Assert.Single(summary.GetProperty("on_purpose").EnumerateArray());
        Assert.Equal((kind, Misbehaved.Clients), (purpose.GetProperty("kind").GetString(), purpose.GetProperty("count").GetInt32()));
    }
}
