using System.Net;
using Tcpwhy.Diagnosis;
using Tcpwhy.Model;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Diagnosis;

public class IdleEvidenceTests
{
    [Fact]
    public void The_pair_that_contradicts_is_named() =>
        Assert.Equal(
            ["idle when the server closed: 5 s", "such a default has: Node.js http.Server >=8 <24.6: server.keepAliveTimeout 5 s", "the client's default keeps them longer: nginx upstream >=1.15.3: keepalive_timeout 60 s"],
            Learned("node", "nginx", [5.0, 5.02, 5.04]));

    [Fact]
    public void A_server_that_is_not_seen_is_guessed_from_several_that_agree_and_not_from_one()
    {
        Assert.Equal(["idle when the server closed: 75 s"], Learned(null, "app", [75.0]));
        Assert.Equal(["idle when the server closed: 75 s", "such a default has: nginx >=0.7: keepalive_timeout 75 s"], Learned(null, "app", [75.0, 75.1]));
    }

    [Fact]
    public void Times_that_do_not_agree_are_no_timeout() =>
        Assert.Equal(["idle when the server closed: 5 s – 60 s"], Learned("node", "nginx", [5.0, 60.0]));

    [Fact]
    public void A_server_of_another_kind_has_no_default_of_that_length() =>
        Assert.Equal(["idle when the server closed: 5 s"], Learned("java", "app", [5.0, 5.0]));

    [Fact]
    public void A_client_that_waits_longer_is_shown_with_its_time() =>
        Assert.Equal(["idle when the server closed: 5 s", "idle when the client wrote again: 29 s – 31 s"], Learned("java", "app", [5.0, 5.0], [29.0, 31.0]));

    [Fact]
    public void What_was_summed_up_before_is_summed_up_again()
    {
        Findings all = new();
        foreach (double seconds in (double[])[5.0, 5.2])
        {
            Findings part = new();
            part.Add(Finding("node", "nginx", IdleTimes.Of(TimeSpan.FromSeconds(seconds)), null));
            all.Add(Assert.Single(part.Ranked()));
        }
        Finding sum = Assert.Single(all.Ranked());
        Assert.Equal((2, 5.1, 3), (sum.ClosedAfter!.Count, sum.ClosedAfter.Mean.TotalSeconds, sum.Evidence.Count));
        Assert.Equal("5 s – 5.2 s", sum.Evidence[0].Value);
    }

    [Fact]
    public void All_of_it_is_known_in_Korean() =>
        Assert.All(IdleEvidence.Of(Finding("node", "nginx", new IdleTimes(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), 2), IdleTimes.Of(TimeSpan.FromSeconds(60)))), evidence => Assert.True(Translations.Knows(evidence.What), evidence.What));

    private static string[] Learned(string? server, string client, double[] closed, double[]? reused = null) =>
        [.. IdleEvidence.Of(Finding(server, client, Times(closed), reused is null ? null : Times(reused))).Select(evidence => $"{evidence.What}: {evidence.Value}")];

    private static IdleTimes? Times(double[] seconds) => seconds.Select(one => IdleTimes.Of(TimeSpan.FromSeconds(one))).Aggregate<IdleTimes, IdleTimes?>(null, IdleTimes.Sum);

    private static Finding Finding(string? server, string client, IdleTimes? closed, IdleTimes? reused) => new()
    {
        Cause = "stale-conn-reuse",
        Severity = Severity.Critical,
        Confidence = 0.9,
        Count = 1,
        Fault = Fault.Client,
        Process = new ProcessInfo(5, client),
        PeerProcess = server is null ? null : new ProcessInfo(7, server),
        Local = new Endpoint(IPAddress.Loopback, 0),
        Peer = new Endpoint(IPAddress.Loopback, 3000),
        First = default,
        Last = default,
        Evidence = [],
        Remedy = [],
        Facts = new Dictionary<string, string>(),
        Examples = [],
        ClosedAfter = closed,
        ReusedAfter = reused,
    };
}
