using System.Net;
using Tcpwhy.Filtering;
using Tcpwhy.Model;
using Tcpwhy.Pools;
using Xunit;

namespace Tcpwhy.Tests.Pools;

public class PoolObserverTests
{
    [Fact]
    public void A_pool_is_told_in_numbers()
    {
        Pool pool = new Simulation().Connection(-5, 0.2, 0.05).Connection(-5, 0.2, 0.05).Connection(2.1, 0.2, 0.05, closes: 4.2).Pool();

        Assert.Equal("10.0.9.8:8080", pool.Destination.ToString());
        Assert.Equal((Simulation.Pid, 2, 3, 2), (pool.Pid, pool.Size.Now, pool.Size.Peak, pool.Size.First));
        Assert.Equal((1, 1), (pool.Churn.Opened, pool.Churn.Closed));
        Assert.Equal(1, pool.Lifetimes.Count);
        Assert.InRange(pool.Lifetimes.Median.TotalSeconds, 1.6, 2.6);
        Assert.InRange(pool.Use.Exchanges, 100, 115);
        Assert.Equal(0, pool.Use.IdleShare);
        Assert.Empty(pool.IdleWhenPeerClosed);
    }

    [Fact]
    public void Pools_are_apart_by_process_and_by_destination()
    {
        IReadOnlyList<Pool> pools = new Simulation().Connection(-1, 1, 0.1).Connection(-1, 1, 0.1, port: 5432).Connection(-1, 1, 0.1, pid: 7).Pools();

        Assert.Equal(["4312 8080", "4312 5432", "7 8080"], pools.Select(pool => $"{pool.Pid} {pool.Destination.Port}"));
    }

    [Fact]
    public void What_a_process_accepted_is_no_pool_of_its_own()
    {
        PoolSocket accepted = Socket(8080, 40000, TcpState.Established, Simulation.Pid);
        PoolSocket listener = accepted with { State = TcpState.Listen, Inode = 1 };

        Assert.Empty(new Simulation { Others = _ => [accepted, listener] }.Pools());
        Assert.Single(new Simulation { Others = _ => [accepted] }.Pools());
    }

    [Fact]
    public void Requests_that_the_process_has_to_answer_are_counted()
    {
        PoolSocket asked = Socket(80, 40000, TcpState.Established, Simulation.Pid) with { DataSegmentsIn = 1, SinceReceived = TimeSpan.FromSeconds(1), SinceSent = TimeSpan.FromSeconds(9) };
        PoolSocket answered = asked with { Ends = asked.Ends with { RemotePort = 40001 }, DataSegmentsOut = 1, SinceSent = TimeSpan.Zero };
        PoolSocket listener = asked with { State = TcpState.Listen };

        Assert.Equal(1, new Simulation { Others = _ => [asked, answered, listener] }.Connection(-1, 1, 0.1).Pool().Use.Asked);
    }

    [Fact]
    public void A_port_used_again_between_two_samples_is_another_connection()
    {
        Pool pool = new Simulation { Others = t => [Socket(40000, 8080, TcpState.Established, Simulation.Pid) with { Inode = t < 5 ? 11UL : 12UL }] }.Pool();

        Assert.Equal((1, 1, 1), (pool.Size.Peak, pool.Churn.Opened, pool.Churn.Closed));
    }

    [Fact]
    public void A_TIME_WAIT_tells_of_a_connection_that_no_sample_saw()
    {
        Pool pool = new Simulation { Others = t => [.. Enumerable.Range(0, (int)(t * 4)).Select(n => Socket(50000 + n, 8080, TcpState.TimeWait, 0) with { Inode = 0 })] }
            .Connection(-1, 1, 0.1).Pool();

        Assert.Equal((40, 40, 41), (pool.Churn.Opened, pool.Churn.Closed, pool.Ports!.Used));
        Assert.False(pool.Churn.FromKernel);
    }

    [Fact]
    public void Many_TIME_WAITs_are_a_pool_even_if_no_sample_saw_a_connection_of_it()
    {
        Pool pool = Traces(12).Pool();

        Assert.Equal((0, 12, 0, 12), (pool.Pid, pool.Churn.Closed, pool.Size.Peak, pool.Ports!.Used));
        Assert.Equal((12, TimeSpan.FromSeconds(0.5)), (pool.Lifetimes.Count, pool.Lifetimes.Median));
        Assert.Empty(Traces(9).Pools());
        Assert.Equal(PoolVerdict.NoReuse, Traces(40).Verdict().Verdict);

        // A look that finds the process later leaves no second pool behind.
        PoolObserver observer = Traces(12).Observe();
        Assert.Equal(0, Assert.Single(observer.Conclude(_ => null, ownersKnown: false)).Pid);
        observer.Observe(new PoolSample(TimeSpan.FromSeconds(11), [Socket(60000, 8080, TcpState.Established, Simulation.Pid)]));
        Pool found = Assert.Single(observer.Conclude(_ => null, ownersKnown: false));
        Assert.Equal((Simulation.Pid, 12), (found.Pid, found.Churn.Closed));

        static Simulation Traces(int count) => new() { Others = t => [.. Enumerable.Range(0, Math.Min((int)(t * 8), count)).Select(n => Socket(50000 + n, 8080, TcpState.TimeWait, 0) with { Inode = 0 })] };
    }

    [Fact]
    public void What_the_kernel_counted_goes_before_what_samples_saw()
    {
        PoolObserver observer = new Simulation().Connection(-1, 1, 0.1).Observe();
        var flow = new TrafficFlow(new ProcessInfo(Simulation.Pid, "java"), Simulation.Netns, IPAddress.Parse("10.0.9.8"), 8080, Opener.Local, 500, 1, 1, TimeSpan.FromMilliseconds(3));
        observer.Count([flow, flow with { Process = new ProcessInfo(9, "curl"), Closed = 7 }, flow with { Opener = Opener.Remote, Closed = 90 }], Filter.Everything);

        IReadOnlyList<Pool> pools = observer.Conclude(_ => null, ownersKnown: true);

        Assert.Equal(["4312: 500 ms 3", "9: 7 ms 3"], pools.Select(pool => $"{pool.Pid}: {pool.Churn.Closed} ms {pool.Churn.Median?.TotalMilliseconds}"));
        Assert.Null(pools[0].Ports);
    }

    [Fact]
    public void A_filter_holds_for_what_the_kernel_counted_too()
    {
        PoolObserver observer = new Simulation().Observe();
        var flow = new TrafficFlow(new ProcessInfo(9, "curl"), Simulation.Netns, IPAddress.Parse("10.0.9.8"), 8080, Opener.Local, 7, 1, 1, default);
        observer.Count([flow], Filter.Parse(["comm", "java"]));

        Assert.Empty(observer.Conclude(_ => null, ownersKnown: true));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public void A_socket_without_a_process_is_given_to_one_only_when_all_could_be_looked_at(bool ownersKnown, int pools)
    {
        PoolObserver observer = new Simulation().Connection(-1, 1, 0.1).Connection(-1, 1, 0.1, pid: 0).Observe();

        Assert.Equal(pools, observer.Conclude(_ => null, ownersKnown).Count);
    }

    [Fact]
    public void Connections_that_the_kernel_says_another_process_closed_are_given_to_it()
    {
        PoolObserver observer = new Simulation().Connection(1, 100, 0.1, closes: 2).Observe();
        observer.Count([new TrafficFlow(new ProcessInfo(9, "curl"), Simulation.Netns, IPAddress.Parse("10.0.9.8"), 8080, Opener.Local, 60, 1, 1, default)], Filter.Everything);

        Assert.Equal([9], observer.Conclude(_ => null, ownersKnown: true).Select(pool => pool.Pid));
    }

    [Fact]
    public void A_connection_moves_to_the_process_that_is_found_later()
    {
        Pool pool = new Simulation { Others = t => [Socket(40000, 8080, TcpState.Established, t < 1 ? 0 : Simulation.Pid)] }.Pool();

        Assert.Equal((Simulation.Pid, 1), (pool.Pid, pool.Size.Now));
    }

    [Theory]
    [InlineData(0, 100, "", 101)]
    [InlineData(32768, 60999, "", 28232)]
    [InlineData(32768, 60999, "8080,40000-40009,60999-65535", 28221)]
    [InlineData(10, 20, "1-100", 0)]
    public void Reserved_ports_are_none_to_use(int low, int high, string reserved, int count) => Assert.Equal(count, PortRanges.Count(low, high, reserved));

    private static PoolSocket Socket(int local, int remote, TcpState state, int pid) => new()
    {
        Ends = new ConnectionEnds(Simulation.Netns, Simulation.Client, local, Simulation.Server, remote),
        State = state,
        Inode = 11,
        Pid = pid,
        Chosen = true,
    };
}
