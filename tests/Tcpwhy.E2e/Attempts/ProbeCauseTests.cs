using System.Text.Json;
using Tcpwhy.E2e.Diagnosis;
using Xunit;

namespace Tcpwhy.E2e.Attempts;

/// <summary>The lab's faults, met by <c>probe</c>.</summary>
public sealed class MetByProbe() : MetByProgram("probe", All)
{
    public static readonly Staged[] All =
    [
        // Those that take long come first.
        new("retransmission-timeout", 2, ["--count", "2", "--http", "/", "--response-timeout", "20s"], Staged.Router(scene => $"{scene.ToService} tcp flags & psh == psh drop")),
        new("conn-refused-no-listener", 7, ["--count", "7"], Staged.NoListener),
        new("conn-refused-wrong-bind", 5, ["--count", "5"], Staged.WrongBind),
        new("conn-refused-firewall-rst", 11, ["--count", "11"], Staged.Router(scene => $"{scene.ToService} reject with tcp reset")),
        new("syn-dropped-firewall", 3, ["--count", "3", "--connect-timeout", "2500ms"], Staged.Router(scene => $"{scene.ToService} drop")),
        new("accept-queue-overflow-drop", 3, ["--count", "3", "--connect-timeout", "2500ms"], Staged.FullQueue),
        new("ephemeral-port-exhaustion", 7, ["--count", "7"], Staged.NoPorts),
        new("server-close-unread", 7, ["--count", "7", "--http", "/"], Staged.CloseUnread),
        new("linger-zero-abort", 5, ["--count", "5", "--http", "/"], Staged.LingerZero),
        new("process-crash", 1, ["--count", "1", "--http", "/"], Staged.Crash),
    ];
}

[CollectionDefinition("met by probe")]
public sealed class MetByProbeCollection : ICollectionFixture<MetByProbe>;

[Collection("met by probe")]
public class ProbeCauseTests(MetByProbe faults)
{
    public static TheoryData<string> Causes => [.. MetByProbe.All.Select(staged => staged.Cause)];

    [Theory, MemberData(nameof(Causes))]
    public void Probe_names_the_cause_that_diagnose_names(string cause)
    {
        Met met = faults.Of(cause);
        JsonElement address = met.Said().GetProperty("addresses")[0];
        Assert.True(cause == address.GetProperty("cause").GetString(), $"{address.GetProperty("failures_by")}\n{TrialAssert.Of(met.Findings)}");
        Assert.All(address.GetProperty("failures_by").EnumerateArray(), failure => Assert.Equal(cause, failure.GetProperty("cause").GetString()));
        Assert.Equal(met.Staged.Failures, address.GetProperty("failures").GetInt32());
        Assert.True(cause == met.Diagnosed, TrialAssert.Of(met.Findings));
    }
}
