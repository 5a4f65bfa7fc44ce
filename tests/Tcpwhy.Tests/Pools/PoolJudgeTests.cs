using Tcpwhy.Model;
using Tcpwhy.Pools;
using Tcpwhy.Pools.Runtimes;
using Xunit;

namespace Tcpwhy.Tests.Pools;

public class PoolJudgeTests
{
    [Fact]
    public void Connections_opened_and_forgotten_are_a_leak()
    {
        Simulation forgetful = new();
        for (double t = -3; t < 10; t += 0.25)
            forgetful.Connection(t, 1, 0.02, quiet: t + 0.5);

        PoolJudgement found = forgetful.Verdict();

        Assert.Equal((PoolVerdict.Leak, Severity.Warning), (found.Verdict, found.Severity));
        Assert.Contains("the pool grew from {0} to {1} connections in {2}, and closed {3}", found.Evidence.Select(one => one.What));
    }

    [Fact]
    public void A_leak_that_soon_meets_the_limit_of_descriptors_is_critical()
    {
        Simulation forgetful = new();
        for (double t = -3; t < 10; t += 0.25)
            forgetful.Connection(t, 1, 0.02, quiet: t + 0.5);

        Assert.Equal(Severity.Critical, forgetful.Verdict(pool => pool with { Descriptors = new DescriptorUse(900, 1024) }).Severity);
    }

    [Fact]
    public void Sockets_left_in_CLOSE_WAIT_more_and_more_are_a_leak()
    {
        Simulation forgetful = new();
        for (double t = -2; t < 10; t += 1)
            forgetful.Connection(t, 100, 0.02, waits: t + 0.6);

        PoolJudgement found = forgetful.Verdict();

        Assert.Equal(PoolVerdict.Leak, found.Verdict);
        Assert.StartsWith("connections that the peer closed and the process did not", found.Evidence[0].What);
    }

    [Theory]
    [InlineData(Runtime.Java, 10, 0.65)]
    [InlineData(Runtime.Python, 4, 0.57)]
    public void A_pool_that_stands_still_with_every_connection_busy_is_exhausted(Runtime runtime, int size, double confidence)
    {
        PoolJudgement found = new Simulation().Connections(size, -3, 0.08, 0.08).Verdict(pool => pool with { Runtime = runtime });

        Assert.Equal((PoolVerdict.Exhausted, confidence, Severity.Warning), (found.Verdict, found.Confidence, found.Severity));
    }

    [Fact]
    public void Requests_that_wait_inside_the_process_make_it_certain_and_critical()
    {
        PoolJudgement found = new Simulation().Connections(3, -3, 0.08, 0.08).Verdict(pool => pool with { Use = pool.Use with { Asked = 20 } });

        Assert.Equal((PoolVerdict.Exhausted, Severity.Critical), (found.Verdict, found.Severity));
        Assert.True(found.Confidence > 0.75);
    }

    [Theory]
    [InlineData(90, PoolVerdict.Exhausted)]
    [InlineData(3, PoolVerdict.Healthy)]
    public void What_the_process_counts_of_its_own_queue_needs_no_busy_samples(long waited, PoolVerdict verdict)
    {
        OwnCount own = new("10.0.9.8:8080", 100, 0, waited, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(0.3));

        PoolJudgement found = new Simulation().Connections(3, -3, 0.2, 0.08).Verdict(pool => pool with { Own = [own] });

        Assert.Equal(verdict, found.Verdict);
    }

    [Theory]
    [InlineData(Runtime.Unknown, 8080)]
    [InlineData(Runtime.Python, 6379)]
    public void Always_busy_alone_is_not_enough(Runtime runtime, int port)
    {
        Simulation busy = new();
        for (int i = 0; i < 4; i++)
            busy.Connection(-3 - i * 0.01, 0.08, 0.08, port: port);

        Assert.Equal(PoolVerdict.Healthy, busy.Verdict(pool => pool with { Runtime = runtime }).Verdict);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_connection_for_each_request_is_no_reuse(bool byPeer)
    {
        Simulation wasteful = new();
        for (double t = -1; t < 10; t += 0.2)
            wasteful.Connection(t, 100, 0.05, closes: t + 0.6, byPeer: byPeer);

        Assert.Equal(PoolVerdict.NoReuse, wasteful.Verdict().Verdict);
    }

    [Fact]
    public void Idle_connections_that_the_peer_ends_after_one_time_are_a_stale_risk()
    {
        Simulation slow = new() { Seconds = 20 };
        for (double t = -5; t < 20; t += 1.3)
            slow.Connection(t, 100, 0.05, closes: t + 5.05, byPeer: true);

        PoolJudgement found = slow.Verdict();

        Assert.Equal((PoolVerdict.StaleRisk, Severity.Warning), (found.Verdict, found.Severity));
        TimeSpan timeout = Assert.IsType<TimeSpan>(found.Evidence[1].Values[0]);
        Assert.InRange(timeout.TotalSeconds, 4.5, 5.6);
    }

    [Fact]
    public void A_silence_longer_than_a_balancer_remembers_is_a_stale_risk_unless_keep_alives_are_answered()
    {
        Pool silent = new Simulation().Connections(3, -400, 1000, 0.1).Pool();

        PoolJudgement found = PoolJudge.Of(silent)[0];
        Assert.Equal((PoolVerdict.StaleRisk, Severity.Info, (object)"AWS Network Load Balancer, TCP / AWS NAT gateway"), (found.Verdict, found.Severity, found.Evidence[0].Values[1]));

        Pool answered = silent with { Silent = new Spread(3, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30)) };
        Assert.Equal(PoolVerdict.Healthy, PoolJudge.Of(answered)[0].Verdict);
        Pool local = silent with { Destination = new Endpoint(System.Net.IPAddress.Loopback, 8080) };
        Assert.Equal(PoolVerdict.Healthy, PoolJudge.Of(local)[0].Verdict);
    }

    [Fact]
    public void Forty_connections_for_two_callers_are_too_many()
    {
        PoolJudgement found = new Simulation().Connections(38, -90, 1000, 0.1).Connections(2, -90, 0.2, 0.05).Verdict();

        Assert.Equal((PoolVerdict.TooLarge, Severity.Info), (found.Verdict, found.Severity));
    }

    [Fact]
    public void Every_runtime_has_settings_for_every_verdict()
    {
        foreach (Runtime runtime in Enum.GetValues<Runtime>().Where(one => one != Runtime.Unknown))
        {
            foreach (PoolVerdict verdict in Enum.GetValues<PoolVerdict>().Where(one => one != PoolVerdict.Healthy))
                Assert.True(KnobTable.Of(runtime, verdict).Count > 0, $"{runtime} {verdict}");
        }
        Assert.Empty(KnobTable.Of(Runtime.Unknown, PoolVerdict.Leak));
    }

    [Fact]
    public void Ports_run_out_when_they_go_faster_than_TIME_WAIT_gives_them_back()
    {
        Simulation fast = new() { Seconds = 5 };
        for (double t = 0; t < 5; t += 0.0015)
            fast.Connection(t, 100, 0.0001, closes: t + 0.001);
        // One that a sample sees, so that there is a pool.
        fast.Connection(-1, 1, 0.1);

        PortUse ports = fast.Pool().Ports!;

        Assert.InRange(ports.ExhaustedIn!.Value.TotalSeconds, 30, 45);
        Assert.Null(fast.Observe().Conclude(_ => new PortRange(28232, Reused: true), true)[0].Ports!.ExhaustedIn);
        Assert.Null(fast.Observe().Conclude(_ => new PortRange(60000, Reused: false), true)[0].Ports!.ExhaustedIn);
    }
}
