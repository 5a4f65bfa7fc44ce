using System.Globalization;
using System.Text.Json;
using Tcpwhy.E2e.Diagnosis;
using Xunit;

namespace Tcpwhy.E2e.Attempts;

/// <summary>The lab's faults, met by <c>load</c>.</summary>
public sealed class MetByLoad() : MetByProgram("load", All)
{
    public static readonly Staged[] All =
    [
        // Those that take long come first.
        new("keepalive-timeout-dead-peer", 5, ["--yes", "--hold", "--connections", "5", "--duration", "20s", "--keep-alive", "1s"], Staged.BrokenPath),
        new("retransmission-timeout", 3, [.. Requests(3, 3), "--timeout", "20s"], Staged.Router(scene => $"{scene.ToService} tcp flags & psh == psh drop")),
        new("conn-refused-no-listener", 101, Connects(101, 5), Staged.NoListener),
        new("conn-refused-wrong-bind", 53, Connects(53, 5), Staged.WrongBind),
        new("conn-refused-firewall-rst", 31, Connects(31, 5), Staged.Router(scene => $"{scene.ToService} reject with tcp reset")),
        new("syn-dropped-firewall", 5, [.. Connects(5, 5), "--connect-timeout", "2500ms"], Staged.Router(scene => $"{scene.ToService} drop")),
        new("accept-queue-overflow-drop", 7, [.. Connects(7, 7), "--connect-timeout", "2500ms"], Staged.FullQueue),
        new("ephemeral-port-exhaustion", 13, Connects(13, 1), Staged.NoPorts),
        new("keepalive-race", 3, [.. Requests(6, 1), "--rate", "0.7"], Staged.Router(scene => $"{scene.FromService} tcp flags & fin == fin drop", idleSeconds: 1)),
        new("server-close-unread", 13, Requests(13, 1), Staged.CloseUnread),
        new("linger-zero-abort", 11, Requests(11, 1), Staged.LingerZero),
        new("process-crash", 7, Requests(7, 7), Staged.Crash),
    ];

    static string[] Connects(int count, int connections) => ["--yes", "--count", Number(count), "--connections", Number(connections)];

    static string[] Requests(int count, int connections) => [.. Connects(count, connections), "--send", Number(Scene.Request), "--receive", Number(Scene.Answer)];

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

[CollectionDefinition("met by load")]
public sealed class MetByLoadCollection : ICollectionFixture<MetByLoad>;

[Collection("met by load")]
public class LoadCauseTests(MetByLoad faults)
{
    public static TheoryData<string> Causes => [.. MetByLoad.All.Select(staged => staged.Cause)];

    [Theory, MemberData(nameof(Causes))]
    public void Load_names_the_cause_that_diagnose_names(string cause)
    {
        Met met = faults.Of(cause);
        JsonElement said = met.Said();
        Assert.True($"{cause} {met.Staged.Failures}" == string.Join(", ", said.GetProperty("failures_by_cause").EnumerateArray().Select(one => $"{one.GetProperty("cause").GetString()} {one.GetProperty("count").GetInt64()}")),
            $"{said}\n{TrialAssert.Of(met.Findings)}");
        Assert.Equal(met.Staged.Failures, said.GetProperty("summary").GetProperty("failures").GetInt64());
        Assert.True(cause == met.Diagnosed, TrialAssert.Of(met.Findings));
    }
}
