using System.Net;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.Tests.Sources;

/// <summary>What looks at the sockets of one process add up to.</summary>
public class FollowedPoolsTests
{
    private static readonly ProcessInfo Java = new(4312, "java");
    private static readonly Endpoint Own = new(IPAddress.Parse("10.0.3.4"), 8080), Database = new(IPAddress.Parse("10.0.9.8"), 5432), Caller = new(IPAddress.Parse("10.0.1.1"), 40_000);

    private readonly FollowedPools _pools = new();
    private DateTimeOffset _now = SampleEvents.Start;

    [Fact]
    public void Only_destinations_without_a_free_connection_are_told()
    {
        Endpoint cache = Database with { Port = 6379 };

        PoolLooked told = Assert.Single(Look(Busy(1), Busy(2), Busy(3) with { Remote = cache }, Free(4) with { Remote = cache }, Owed(5)));
        Assert.Equal((Database, 2, 2, 3, 1), (told.Remote, told.Connections, told.Busy, told.AtServers, told.Owed));
    }

    [Fact]
    public void A_pool_that_has_a_free_connection_again_is_told_twice_more()
    {
        Look(Busy(1), Busy(2));

        Assert.Equal([1, 1], [Look(Busy(1), Free(2))[0].Busy, Look(Busy(1), Free(2))[0].Busy]);
        Assert.Empty(Look(Busy(1), Free(2)));
    }

    [Fact]
    public void Requests_and_renewed_connections_are_counted_from_look_to_look()
    {
        Look(Busy(1), Busy(2));

        PoolLooked told = Assert.Single(Look(Busy(1) with { DataSegmentsOut = 13 }, Busy(3) with { DataSegmentsOut = 2 }));
        Assert.Equal((1, 1, 5), (told.Opened, told.Closed, told.Requests));
    }

    [Fact]
    public void Callers_are_released_by_an_answer_or_by_their_end()
    {
        Look(Busy(1), Owed(5), Owed(6), Owed(7), Owed(8));

        // One waits on, and sends more; one has its answer; one has it and asks again; one is gone.
        PoolLooked told = Assert.Single(Look(Busy(1), Owed(5), Owed(6) with { Flags = FollowedFlags.None, DataSegmentsOut = 11 }, Owed(7) with { DataSegmentsOut = 11 }));
        Assert.Equal((2, 3, 1), (told.Owed, told.Released, told.Gone));
    }

    [Fact]
    public void An_answer_is_passed_on_when_a_caller_gets_one_at_once()
    {
        Look(Busy(1), Busy(2), Owed(5));

        FollowedSocket answered = Owed(5) with { Flags = FollowedFlags.None, DataSegmentsOut = 11, Sent = TimeSpan.FromMilliseconds(496) };
        PoolLooked told = Assert.Single(Look(Busy(1) with { Received = TimeSpan.FromMilliseconds(500) }, Busy(2) with { Received = TimeSpan.FromMilliseconds(900) }, answered));
        Assert.Equal((2, 1), (told.Answered, told.PassedOn));
    }

    [Fact]
    public void A_connection_that_took_the_place_of_another_was_free_when_its_request_left()
    {
        Look(Busy(1), Owed(5));

        FollowedSocket answered = Owed(5) with { Flags = FollowedFlags.None, DataSegmentsOut = 11, Sent = TimeSpan.FromMilliseconds(304) };
        Assert.Equal(1, Assert.Single(Look(Busy(2) with { Received = null }, answered)).PassedOn);
    }

    [Fact]
    public void A_caller_that_leaves_is_owed_its_answer_until_the_process_gets_to_it()
    {
        Look(Busy(1), Owed(5), Owed(6));

        PoolLooked told = Assert.Single(Look(Busy(1), Owed(5), Owed(6) with { Flags = FollowedFlags.Due | FollowedFlags.Left, Unread = 1 }));
        Assert.Equal((2, 1, 0, 0), (told.Owed, told.Left, told.Unread, told.Released));
        Assert.Equal(1, Assert.Single(Look(Busy(1), Owed(5))).Gone);
    }

    [Fact]
    public void A_socket_that_two_processes_hold_is_one() => Assert.Equal(1, Assert.Single(Look(Busy(1), Busy(1))).Connections);

    [Fact]
    public void A_process_with_very_many_connections_is_left_alone() => Assert.Empty(Look([.. Enumerable.Range(1, 256).Select(n => Busy((ulong)n))]));

    [Fact]
    public void Servers_that_hang_leave_others_their_turn()
    {
        Look([.. Enumerable.Range(1, 100).Select(n => Busy((ulong)n) with { Process = new ProcessInfo(n, "hung") })]);
        int[] late = [.. Enumerable.Range(1, 140)];

        _pools.Choose(late);
        HashSet<int> first = Chosen(_pools.Next());
        _pools.Choose(late);
        HashSet<int> second = Chosen(_pools.Next());

        Assert.Equal((Followed.Most, Followed.Most), (first.Count, second.Count));
        Assert.Equal(Followed.Most * 3 / 4, first.Intersect(second).Count());
    }

    private static HashSet<int> Chosen(Followed followed)
    {
        HashSet<int> pids = [];
        for (int i = 0; i < followed.count; i++)
            pids.Add((int)followed.processes[i].pid);
        return pids;
    }

    private List<PoolLooked> Look(params FollowedSocket[] sockets)
    {
        _now += TimeSpan.FromSeconds(2);
        _pools.Next();
        foreach (FollowedSocket socket in sockets)
            _pools.Add(socket with { Time = _now });
        return [.. _pools.Told(_now)];
    }

    private FollowedSocket Busy(ulong socket) =>
        new(_now, socket, 7, Java, Own with { Port = 40_000 + (int)socket }, Database, FollowedFlags.Opened | FollowedFlags.Due, 0, 10, 0, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(304));

    private FollowedSocket Free(ulong socket) => Busy(socket) with { Flags = FollowedFlags.Opened };

    private FollowedSocket Owed(ulong socket) =>
        new(_now, socket, 7, Java, Own, Caller with { Port = (int)socket }, FollowedFlags.Due, 0, 10, 0, TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(2.4));
}
