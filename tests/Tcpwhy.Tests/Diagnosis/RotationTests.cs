using System.Net;
using Tcpwhy.Model;
using Xunit;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>When an address that fails is one of several, and when it is just an address that fails.</summary>
public class RotationTests
{
    private const string Dead = "dns-dead-backend 1", Alone = "critical conn-refused-no-listener 1";
    private static readonly Line Attempt = new();

    [Fact]
    public void An_address_that_refuses_while_another_serves_the_same_process_is_one_of_several() =>
        Assert.Equal([$"warning {Dead}"], Refused(Counted(Serves("10.0.2.3"))));

    [Fact]
    public void Without_another_address_it_is_a_refusal()
    {
        Assert.Equal([Alone], Refused(Counted()));
        Assert.Equal([Alone], Refused());
    }

    [Fact]
    public void Another_process_has_other_addresses()
    {
        Assert.Equal([Alone], Refused(Counted(Serves("10.0.2.3")) with { Process = new ProcessInfo(12, "checkout") }));
        Assert.Equal([Alone], Refused(Counted(Serves("10.0.2.3")) with { Netns = Line.RouterNetns }));
        Assert.Equal([Alone], Refused(Counted(Serves("10.0.2.3")) with { Port = 8081 }));
    }

    [Fact]
    public void Who_only_looks_whether_somebody_listens_is_a_health_check() =>
        Assert.Equal([Alone], Refused(Counted(Serves("10.0.2.3") with { BytesSent = 0, BytesReceived = 0 })));

    [Fact]
    public void What_served_long_ago_says_nothing_of_now() =>
        Assert.Equal([Alone], Refused(Counted(Serves("10.0.2.3") with { Silent = TimeSpan.FromSeconds(40) })));

    [Fact]
    public void An_address_that_serves_again_is_not_dead() =>
        Assert.Equal([Alone], Refused(Counted(Serves("10.0.2.3"), Serves("10.0.2.2") with { Silent = TimeSpan.FromMilliseconds(50) })));

    [Fact]
    public void An_address_that_served_before_is_no_longer_the_service_s() =>
        Assert.Equal([$"warning {Dead}"], Refused(Counted(Serves("10.0.2.3"), Serves("10.0.2.2") with { Silent = TimeSpan.FromSeconds(8) })));

    [Fact]
    public void Where_most_addresses_fail_it_is_not_one_of_them()
    {
        Event[] others = [.. new[] { "10.0.2.4", "10.0.2.5" }.SelectMany((address, n) => Elsewhere(address, n).Client.IsReset(1 + n, TcpState.SynSent, Calling, OfNoSocket))];

        Assert.Equal(["critical conn-refused-no-listener 1", "critical conn-refused-no-listener 1", "critical conn-refused-no-listener 1"], Refused([.. others, Counted(Serves("10.0.2.3"))]));
    }

    [Fact]
    public void An_address_that_has_failed_since_serves_nobody() =>
        Assert.DoesNotContain(Refused([.. Elsewhere("10.0.2.3", 0).Client.IsReset(350, TcpState.SynSent, Calling, OfNoSocket), Counted(Serves("10.0.2.3") with { Silent = TimeSpan.FromMilliseconds(200) })]), verdict => verdict.Contains("dns-dead-backend"));

    [Fact]
    public void A_crawler_has_its_addresses_from_many_names() =>
        Assert.Equal([Alone], Refused(Counted([.. Enumerable.Range(10, 40).Select(n => Serves($"10.0.3.{n}"))])));

    [Fact]
    public void The_other_family_is_tried_at_once_and_nobody_notices() =>
        Assert.Equal([$"info {Dead}"], Refused(Counted(Serves("fd00::3"))));

    [Fact]
    public void More_failures_than_answers_are_calls_that_failed()
    {
        Event[] more = [.. Enumerable.Range(1, 4).SelectMany(n => new Line(41022 + n, socket: (ulong)n + 1).Client.IsReset(n, TcpState.SynSent, Calling, OfNoSocket))];

        Assert.Equal(["critical dns-dead-backend 5"], Refused([.. more, Counted(Serves("10.0.2.3") with { Closed = 1 })]));
    }

    [Fact]
    public void An_address_that_a_router_rejects_at_once_is_counted_too()
    {
        Event[] rejected = [.. new[] { "10.0.2.4", "10.0.2.5", "10.0.2.6" }.SelectMany((address, n) => new Event[] { Elsewhere(address, n).Client.Closed(n, TcpState.SynSent, Calling), Elsewhere(address, n).Client.Told(n + 0.01, 113, Calling) })];

        Assert.DoesNotContain(Refused([.. rejected, Counted(Serves("10.0.2.3"))]), verdict => verdict.Contains("dns-dead-backend"));
    }

    [Fact]
    public void Connections_that_a_proxy_resets_have_served_too()
    {
        StateChanged cut = Elsewhere("10.0.2.3", 0).Client.Aborts(5, TcpState.Established, "TCP_STATE", ClientServed with { LingerZero = true }).OfType<StateChanged>().Single();

        Assert.Contains($"warning {Dead}", Refused([cut with { Sample = ClientServed with { Opener = Opener.Local } }, Counted()]));
    }

    private static string[] Refused(params IEnumerable<Event> others) =>
        Verdicts([.. Attempt.Client.IsReset(0.2, TcpState.SynSent, Calling, OfNoSocket), Attempt.Server.Refused(0.1, "NO_SOCKET", TcpFlags.Syn), .. others]);

    private static SiblingsCounted Counted(params Sibling[] addresses) =>
        new() { Time = Line.At(450), Netns = Line.ClientNetns, Process = new ProcessInfo(11, "checkout"), Port = 8080, Addresses = addresses };

    private static Sibling Serves(string address) => new(IPAddress.Parse(address), 3, 0, 2433, 6117, TimeSpan.FromMilliseconds(400));

    /// <summary>Connections of the same process to another address.</summary>
    private static Line Elsewhere(string address, int number) => new(42000 + number, socket: 50 + (ulong)number, service: address);
}
