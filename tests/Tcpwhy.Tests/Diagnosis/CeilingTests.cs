using System.Net;
using Tcpwhy.Model;
using Xunit;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>Connections that are always in use: a pool that is too small, or a program that wants no more than it has.</summary>
public class CeilingTests
{
    private static readonly Endpoint Database = new(IPAddress.Parse("10.0.9.8"), 5432), Front = new(IPAddress.Parse("10.0.3.4"), 8080);

    private static readonly PoolLooked Service = new()
    {
        Time = Line.Begin.Time, Netns = 7, Process = new ProcessInfo(4312, "java"), Local = new Endpoint(Front.Address, 0), Remote = Database,
        Connections = 4, Busy = 4, Requests = 20, Longest = TimeSpan.FromMilliseconds(760), Pause = TimeSpan.FromMilliseconds(4),
        AtServers = 4, Owed = 11, Oldest = TimeSpan.FromSeconds(2.4), Released = 10, Answered = 4, PassedOn = 4,
    };

    private static readonly PoolLooked Program = Service with { Owed = 0, Oldest = TimeSpan.Zero, Released = 0, PassedOn = 0 };

    private static readonly string[] Named = ["warning pool-exhausted 7"];

    [Fact]
    public void A_service_with_more_callers_than_connections_makes_them_wait() => Assert.Equal(Named, Looks(6, _ => Service));

    [Fact]
    public void A_burst_is_soon_over() => Assert.Empty(Looks(3, _ => Service));

    [Fact]
    public void Callers_whose_requests_are_at_the_server_wait_for_it() => Assert.Empty(Looks(6, _ => Service with { AtServers = 11 }));

    [Fact]
    public void Requests_that_nobody_has_read_wait_for_a_thread() => Assert.Empty(Looks(6, _ => Service with { Unread = 8 }));

    [Fact]
    public void A_pool_that_grows_is_not_exhausted() => Assert.Empty(Looks(6, n => Service with { Connections = 4 + n, Busy = 4 + n, Opened = n > 0 ? 1 : 0 }));

    [Fact]
    public void One_that_opens_a_connection_for_each_request_has_a_limit_all_the_same() =>
        Assert.Equal(Named, Looks(6, n => Service with { Opened = n > 0 ? 4 : 0, Closed = n > 0 ? 4 : 0 }));

    [Fact]
    public void A_connection_may_change_hands_as_it_is_looked_at() => Assert.Equal(Named, Looks(6, n => n == 2 ? Service with { Busy = 3, AtServers = 3 } : Service));

    [Fact]
    public void Connections_that_are_free_again_and_again_are_enough() => Assert.Empty(Looks(8, n => n % 4 > 1 ? Service with { Busy = 2, AtServers = 2 } : Service));

    [Fact]
    public void Connections_that_rest_between_requests_are_enough() => Assert.Empty(Looks(6, _ => Service with { Pause = TimeSpan.FromMilliseconds(400) }));

    [Fact]
    public void What_a_load_balancer_holds_back_is_its_queue() => Assert.Empty(Looks(6, _ => Service with { Process = new ProcessInfo(9, "haproxy") }));

    [Fact]
    public void One_connection_may_carry_many_requests()
    {
        PoolLooked one = Service with { Connections = 1, Busy = 1, AtServers = 1, Answered = 1, PassedOn = 1 };

        Assert.Empty(Looks(6, _ => one));
        Assert.Equal(["warning pool-exhausted 10"], Looks(6, n => one with { Threads = [4320 + n % 3] }));
    }

    [Fact]
    public void Long_polls_beside_consumers_of_a_queue_wait_for_events() =>
        Assert.Empty(Looks(6, _ => Service with { Requests = 4, Released = 2, PassedOn = 0 }));

    [Fact]
    public void Callers_that_are_answered_more_often_than_the_server_answers_wait_for_something_else() =>
        Assert.Empty(Looks(6, _ => Service with { Requests = 4, Released = 40 }));

    [Fact]
    public void A_request_may_need_several_of_the_server() => Assert.Equal(Named, Looks(9, n => Service with { Released = 2, PassedOn = n % 2 }));

    [Fact]
    public void Callers_that_close_cannot_be_seen_to_be_answered() => Assert.Equal(Named, Looks(6, _ => Service with { PassedOn = 0, Gone = 10 }));

    [Fact]
    public void A_server_that_never_answers_is_another_trouble() => Assert.Empty(Looks(6, _ => Service with { Requests = 0, Released = 0, Answered = 0, PassedOn = 0 }));

    [Fact]
    public void Threads_that_take_turns_are_too_many() => Assert.Equal(["warning pool-exhausted 4"], Looks(6, n => Program with { Threads = Turns(9, n) }));

    [Fact]
    public void A_load_generator_has_a_thread_for_each_connection_or_none()
    {
        Assert.Empty(Looks(6, _ => Program with { Threads = [1, 2, 3, 4] }));
        Assert.Empty(Looks(6, _ => Program));
    }

    [Fact]
    public void A_thread_for_each_request_never_comes_back() => Assert.Empty(Looks(6, n => Program with { Threads = [4 * n, 4 * n + 1, 4 * n + 2, 4 * n + 3] }));

    [Fact]
    public void Threads_of_a_service_take_turns_when_nobody_waits() =>
        Assert.Empty(Looks(6, n => Service with { Owed = 4, Oldest = TimeSpan.FromMilliseconds(760), Threads = Turns(9, n) }));

    [Fact]
    public void A_caller_that_leaves_meanwhile_waited_for_a_connection()
    {
        Assert.Equal(["warning pool-exhausted 7"], Verdicts([.. Pools(6, _ => Service), Leaves(5), Leaves(9.5)]));
        Assert.Equal(["info http-client-abort 1"], Verdicts([.. Pools(6, _ => Service with { AtServers = 11 }), Leaves(5)]));
    }

    [Fact]
    public void Callers_that_left_unread_by_the_program_are_no_leak()
    {
        SocketsWaiting closing = new() { Time = At(10.1), Netns = 7, State = TcpState.CloseWait, Process = Service.Process, Local = Front, Remote = new Endpoint(IPAddress.Parse("10.0.1.1"), 0), Opener = Opener.Remote, Count = 23, Settled = 23, Oldest = TimeSpan.FromSeconds(17), Youngest = TimeSpan.FromSeconds(2) };

        Assert.Equal(["warning pool-exhausted 19"], Verdicts([.. Pools(6, _ => Service with { Owed = 23, Left = 20 }), closing]));
        Assert.Equal(["warning close-wait-leak 23", "warning pool-exhausted 7"], Verdicts([.. Pools(6, _ => Service), closing]));
    }

    private static int[] Turns(int threads, int look) => [.. Enumerable.Range(0, 4).Select(n => 5000 + (4 * look + n) % threads)];

    private static StateChanged Leaves(double seconds) => new()
    {
        Time = At(seconds), Netns = 7, Socket = (ulong)(seconds * 1000), Local = Front, Remote = new Endpoint(IPAddress.Parse("10.0.1.1"), 40_000 + (int)seconds), Process = Service.Process,
        From = TcpState.LastAck, To = TcpState.Closed,
        Sample = new TcpSample { Opener = Opener.Remote, Age = TimeSpan.FromSeconds(9), LastDataReceived = TimeSpan.FromSeconds(3.01), LastDataSent = TimeSpan.FromSeconds(5), BytesSent = 2039, DataSegmentsOut = 2, SinceFinReceived = TimeSpan.FromMilliseconds(10), SinceFinSent = TimeSpan.FromMilliseconds(9), BytesReceived = 1622, DataSegmentsIn = 2 },
    };

    private static string[] Looks(int looks, Func<int, PoolLooked> look) => Verdicts(Pools(looks, look));

    private static IEnumerable<Event> Pools(int looks, Func<int, PoolLooked> look) => Enumerable.Range(0, looks).Select(n => look(n) with { Time = At(2 * n) });

    private static DateTimeOffset At(double seconds) => Line.Begin.Time + TimeSpan.FromSeconds(1 + seconds);
}
