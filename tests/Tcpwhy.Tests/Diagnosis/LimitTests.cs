using System.Net;
using Tcpwhy.Model;
using Xunit;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>Limits of the kernel's that no connection tells of: which are said to be met, by whom, and when nothing is said.</summary>
public class LimitTests
{
    private static readonly Endpoint Service = new(IPAddress.Parse("10.0.2.2"), 8080);
    private static readonly ProcessInfo Checkout = new(11, "checkout");
    private readonly Line _line = new();

    [Fact]
    public void Connections_without_TIME_WAIT_are_as_many_as_the_counter_says_in_all_its_steps()
    {
        Answer answer = Answer([Waiting(Opener.Local, 900, buckets: new Use(1000, 1000)), NoRoom(1000, 7), NoRoom(2000, 4)]);

        Assert.Equal(["warning time-wait-bucket-overflow 11"], Words(answer));
        Assert.Equal(Checkout, answer.Findings[0].Process);
        Assert.Equal(Service, answer.Findings[0].Peer);
        Assert.Equal(0, answer.Failed);
    }

    [Fact]
    public void A_table_of_which_nothing_is_known_but_that_it_had_no_room_is_told() =>
        Assert.Equal(["warning time-wait-bucket-overflow 7"], Verdicts([NoRoom(1000, 7)]));

    /// <summary>A load generator that closes first leaves tens of thousands; so does the server, when it does.</summary>
    [Theory]
    [InlineData(Opener.Local, 20_000, 28_232, "2")]
    [InlineData(Opener.Remote, 46_072, 0, "2")]
    [InlineData(Opener.Local, 28_000, 28_232, "1")]
    public void Many_in_TIME_WAIT_that_have_room_are_information(Opener opener, int count, int ports, string reuse) =>
        Assert.Equal([$"info time-wait-accumulation {count}"], Verdicts([Reuse(reuse), Waiting(opener, count, ports == 0 ? null : new Use(count, ports), new Use(count, 131_072))]));

    [Fact]
    public void Ports_in_TIME_WAIT_on_loopback_may_be_taken_again_by_default()
    {
        SocketsWaiting own = Waiting(Opener.Local, 28_000, new Use(28_000, 28_232)) with { Local = new Endpoint(IPAddress.Loopback, 0), Remote = new Endpoint(IPAddress.Loopback, 8080) };

        Assert.Equal(["info time-wait-accumulation 28000"], Verdicts([Reuse("2"), own]));
        Assert.Equal(["warning time-wait-accumulation 28000"], Verdicts([Reuse("0"), own]));
    }

    [Fact]
    public void A_few_are_not_worth_a_word_and_the_last_look_counts()
    {
        Assert.Empty(Verdicts([Waiting(Opener.Local, 499, new Use(499, 28_232))]));
        Assert.Empty(Verdicts([Waiting(Opener.Local, 5000, new Use(5000, 28_232)), Waiting(Opener.Local, 0) with { Time = Line.At(9000) }]));
    }

    [Theory]
    [InlineData(22_600, 28_232, 22_600, "warning")]
    [InlineData(12_000, 28_232, 22_600, "warning")]
    [InlineData(9_000, 28_232, 27_000, "info")]
    [InlineData(22_000, 28_232, 22_000, "info")]
    public void A_warning_needs_hardly_a_port_left_and_TIME_WAIT_to_hold_most(int count, int ports, int taken, string severity) =>
        Assert.Equal([$"{severity} time-wait-accumulation {count}"], Verdicts([Reuse("2"), Waiting(Opener.Local, count, new Use(taken, ports))]));

    [Fact]
    public void A_table_that_is_nearly_full_is_a_warning_of_those_who_hold_much_of_it()
    {
        Use buckets = new(950, 1000);

        Assert.Equal(["warning time-wait-accumulation 900"], Verdicts([Waiting(Opener.Remote, 900, null, buckets), Waiting(Opener.Local, 50, null, buckets)]));
    }

    /// <summary>A load generator fills 131,072 in seconds, and nothing breaks.</summary>
    [Fact]
    public void The_kernels_own_table_is_information_when_it_is_full_and_one_that_was_lowered_a_warning()
    {
        SettingsRead kernel = new() { Time = Line.Start, Netns = Line.ClientNetns, Values = new() { ["net.ipv4.tcp_ehash_entries"] = "-262144" } };
        Use own = new(131_072, 131_072), lowered = new(5000, 5000);

        Assert.Equal(["info time-wait-bucket-overflow 7"], Verdicts([kernel, Waiting(Opener.Local, 131_072, buckets: own), NoRoom(1000, 7)]));
        Assert.Equal(["warning time-wait-bucket-overflow 7"], Verdicts([kernel, Waiting(Opener.Local, 5000, buckets: lowered), NoRoom(1000, 7)]));
        Assert.Equal(["info time-wait-accumulation 131072"], Verdicts([kernel, Waiting(Opener.Local, 131_072, buckets: own)]));
        Assert.Equal(["warning time-wait-accumulation 5000"], Verdicts([kernel, Waiting(Opener.Local, 5000, buckets: lowered)]));
    }

    [Fact]
    public void Where_ports_ran_out_that_is_said_and_not_what_holds_them()
    {
        CallFailed call = new() { Time = Line.At(2000), Netns = Line.ClientNetns, Call = "connect", Errno = 99, Local = Endpoint.None, Remote = Service, Process = Checkout };

        Assert.Equal(["critical ephemeral-port-exhaustion 1"], Verdicts([Reuse("2"), call, Waiting(Opener.Local, 28_232, new Use(28_232, 28_232))]));
    }

    [Fact]
    public void A_full_table_of_connection_tracking_is_told_from_a_rule_by_what_it_counted()
    {
        Dropped drop = _line.Dropped(0, "NETFILTER_DROP", TcpFlags.Syn);
        SocketEvent[] client = [_line.Client.Again(1000, TcpState.SynSent, 1, Calling), _line.Client.Again(3000, TcpState.SynSent, 2, Calling), _line.Client.Closed(7000, TcpState.SynSent, Calling with { Age = TimeSpan.FromSeconds(7), RetransmitsTotal = 2 })];

        Assert.Equal(["critical conntrack-table-full 1"], Verdicts([drop, Tracked(1, 1000, 1000), .. client, Turned(500, ("conntrack_drop", 1))]));
        // Nearly full is not full, full is not what dropped it, and NAT without a port is another matter.
        Assert.Equal(["critical syn-dropped-firewall 1"], Verdicts([drop, Tracked(1, 900, 1000), .. client, Turned(500, ("conntrack_drop", 1))]));
        Assert.Equal(["critical syn-dropped-firewall 1"], Verdicts([drop, Tracked(1, 1000, 1000), .. client]));
        Assert.Equal(["critical syn-dropped-firewall 1"], Verdicts([drop, .. client, Turned(500, ("conntrack_drop", 1))]));
        Assert.Equal(["critical snat-port-collision 1"], Verdicts([drop, Tracked(1, 1000, 1000), .. client, Turned(500, ("conntrack_drop", 2), ("conntrack_insert_failed", 2))]));
    }

    [Fact]
    public void A_gateway_tells_whom_it_turned_away_though_neither_end_is_its_own()
    {
        Event[] seen = [_line.Dropped(0, "NETFILTER_DROP", TcpFlags.Syn), Tracked(1, 1000, 1000), new Line(41023).Dropped(5, "NETFILTER_DROP", TcpFlags.Syn), Turned(500, ("conntrack_drop", 2))];

        Assert.Equal(["warning conntrack-table-full 2"], Verdicts(seen));
        Assert.Empty(Verdicts(seen.Where(next => next is Dropped)));
    }

    [Theory]
    [InlineData(3, "conntrack-table-full")]
    [InlineData(400, "syn-dropped-firewall")]
    public void Beside_rules_that_drop_more_than_the_table_the_finding_is_less_sure_or_none(int others, string cause)
    {
        IEnumerable<Event> byRule = Enumerable.Range(0, others).Select(n => (Event)new Line(30_000 + n, 22).Dropped(n * 0.5, "NETFILTER_DROP", TcpFlags.Syn));
        SocketEvent[] client = [_line.Client.Again(1000, TcpState.SynSent, 1, Calling), _line.Client.Again(3000, TcpState.SynSent, 2, Calling), _line.Client.Closed(7000, TcpState.SynSent, Calling with { Age = TimeSpan.FromSeconds(7), RetransmitsTotal = 2 })];

        Finding first = Answer([_line.Dropped(0, "NETFILTER_DROP", TcpFlags.Syn), Tracked(1, 1000, 1000), .. byRule, .. client, Turned(900, ("conntrack_drop", 1))]).Findings[0];

        Assert.Equal(cause, first.Cause);
        if (cause == "conntrack-table-full")
            Assert.Equal("log", first.SettlesIt);
    }

    [Fact]
    public void Segments_dropped_for_want_of_memory_need_a_host_that_lacks_it()
    {
        Dropped drop = _line.Dropped(0, "PROTO_MEM", TcpFlags.Psh | TcpFlags.Ack) with { Netns = 0 };

        Assert.Equal(["warning tcp-memory-pressure 1"], Verdicts([drop, Memory(1, 900)]));
        Assert.Equal(["warning tcp-memory-pressure 1"], Verdicts([drop, Pressure(700)]));
        // A socket whose own buffer is full drops as well.
        Assert.Empty(Verdicts([drop]));
        Assert.Empty(Verdicts([drop, Memory(1, 700)]));
    }

    [Fact]
    public void Memory_that_is_short_and_hurts_nobody_seen_is_told_once() =>
        Assert.Equal(["warning tcp-memory-pressure 1"], Verdicts([Memory(0, 900), Pressure(700), Memory(1000, 950)]));

    [Theory]
    [InlineData(1100, 10, "critical tcp-memory-pressure 1")]
    [InlineData(900, 10, "critical orphan-limit 1")]
    [InlineData(1100, 120, "critical orphan-limit 1")]
    [InlineData(0, 120, "critical orphan-limit 1")]
    [InlineData(0, 0, "critical orphan-limit 1")]
    public void A_closed_connection_is_shed_for_memory_or_for_the_number_of_orphans(long pages, long orphans, string verdict)
    {
        LimitRead closed = Memory(1, orphans) with { Setting = "net.ipv4.tcp_max_orphans", Saves = 100, Refuses = 100 };
        TcpSample shed = ServerDone with { UnackedBytes = 60_000, Orphaned = true };

        Assert.Equal([verdict], Verdicts([.. _line.Server.Aborts(0, TcpState.Established, "TCP_ABORT_ON_MEMORY", shed), Memory(1, pages), closed, .. _line.Client.IsReset(0.1, TcpState.Established, ClientWaiting, OfProgram)]));
    }

    private static SocketsWaiting Waiting(Opener opener, int count, Use? ports = null, Use? buckets = null) => new()
    {
        Time = Line.At(900),
        Netns = opener == Opener.Local ? Line.ClientNetns : Line.ServerNetns,
        State = TcpState.TimeWait,
        Process = opener == Opener.Local ? Checkout : null,
        Local = opener == Opener.Local ? new Endpoint(IPAddress.Parse("10.0.1.2"), 0) : Service,
        Remote = opener == Opener.Local ? Service : Endpoint.None,
        Opener = opener,
        Count = count,
        Settled = count,
        Ports = ports,
        Buckets = buckets,
    };

    private static CountersRead NoRoom(double at, long times) => new() { Time = Line.At(at), Netns = Line.ClientNetns, Moved = new() { ["TcpExtTCPTimeWaitOverflow"] = times } };

    private static SettingsRead Reuse(string value) => new() { Time = Line.Start, Netns = Line.ClientNetns, Values = new() { ["net.ipv4.tcp_tw_reuse"] = value } };

    private static LimitRead Tracked(double at, long used, long limit) =>
        new() { Time = Line.At(at), Netns = Line.RouterNetns, Setting = "net.netfilter.nf_conntrack_max", Used = used, Saves = limit, Refuses = limit };

    private static CountersRead Turned(double at, params (string Name, long By)[] moved)
    {
        SortedDictionary<string, long> counters = new(StringComparer.Ordinal);
        foreach ((string name, long by) in moved)
            counters[name] = by;
        return new CountersRead { Time = Line.At(at), Netns = Line.RouterNetns, Moved = counters };
    }

    private static LimitRead Memory(double at, long used) => new() { Time = Line.At(at), Setting = "net.ipv4.tcp_mem", Used = used, Saves = 800, Refuses = 1000 };

    private static CountersRead Pressure(double at) => new() { Time = Line.At(at), Netns = Line.ClientNetns, Moved = new() { ["TcpExtTCPMemoryPressures"] = 1 } };
}
