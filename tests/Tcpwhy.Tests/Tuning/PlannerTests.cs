using Tcpwhy.Texts;
using Tcpwhy.Tuning;
using Xunit;

namespace Tcpwhy.Tests.Tuning;

public class PlannerTests
{
    // shared knowledge, §5.1: what the lists of the web set without evidence.
    private static readonly string[] Folklore =
    [
        "net.core.rmem_default", "net.core.rmem_max", "net.core.somaxconn", "net.core.wmem_default", "net.core.wmem_max",
        "net.ipv4.tcp_congestion_control", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_max_syn_backlog",
        "net.ipv4.tcp_moderate_rcvbuf", "net.ipv4.tcp_no_metrics_save", "net.ipv4.tcp_rmem", "net.ipv4.tcp_tw_recycle", "net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_wmem",
    ];

    [Fact]
    public void Nothing_is_changed_without_evidence_and_folklore_is_answered()
    {
        TuningPlan plan = Planner.Plan(Host.Healthy());

        Assert.Empty(plan.Changes);
        Assert.Equal(Folklore, plan.LeftAlone.Select(left => left.Setting).Order(StringComparer.Ordinal));
        Assert.All(plan.LeftAlone, left => Assert.NotEqual("", left.In(Language.English)));
        Assert.All(plan.LeftAlone, left => Assert.NotEqual(left.In(Language.English), left.In(Language.Korean)));
    }

    [Fact]
    public void A_full_queue_that_somaxconn_cuts_is_lengthened()
    {
        Change change = Assert.Single(Planner.Plan(Host.Healthy(("net.core.somaxconn", "128")).Measuring(Host.Queue(129, 128))).Changes);

        Assert.Equal(("net.core.somaxconn", "128", "4096"), (change.Setting.Name, change.From, change.To));
        Assert.Equal("measured: 129 of 128 in use, 0.0.0.0:80 (app 12)", Assert.Single(change.Evidence).In(Language.English));
    }

    [Theory]
    [InlineData("4096", 4096, "8192")]
    [InlineData("8192", 8192, "16384")]
    [InlineData("5000", 5000, "16384")]
    public void A_usual_queue_doubles(string most, long backlog, string to) =>
        Assert.Equal(to, Assert.Single(Planner.Plan(Host.Healthy(("net.core.somaxconn", most)).Measuring(Host.Queue(backlog, backlog))).Changes).To);

    [Fact]
    public void A_very_deep_queue_is_left_and_the_program_has_to_be_faster() =>
        Assert.Contains("has to accept faster", Left(Host.Healthy(("net.core.somaxconn", "16384")).Measuring(Host.Queue(16384, 16384)), "net.core.somaxconn"), StringComparison.Ordinal);

    [Fact]
    public void A_queue_that_the_program_cuts_itself_is_not_somaxconns_matter() =>
        Assert.Equal("0.0.0.0:80 (app 12) asks for a backlog of 128 itself, so this setting does not limit it: raise it in the program",
            Left(Host.Healthy().Measuring(Host.Queue(129, 128)), "net.core.somaxconn"));

    [Fact]
    public void An_overflow_that_was_found_counts_when_its_queue_is_empty_again()
    {
        Situation now = Host.Healthy(("net.core.somaxconn", "128")).Measuring(Host.Queue(0, 128), Host.Queue(0, 128, port: 81)).Finding("accept-queue-overflow-drop", 7, local: "10.0.0.1:80");

        Change change = Assert.Single(Planner.Plan(now).Changes);

        Assert.Equal("finding accept-queue-overflow-drop: 7 connections", Assert.Single(change.Evidence).In(Language.English));
    }

    [Fact]
    public void An_overflow_of_another_port_changes_nothing() =>
        Assert.Empty(Planner.Plan(Host.Healthy(("net.core.somaxconn", "128")).Measuring(Host.Queue(0, 128)).Finding("accept-queue-overflow-drop", local: "10.0.0.1:81")).Changes);

    [Fact]
    public void Local_ports_that_run_out_are_given_a_wider_range_and_services_are_kept_out_of_it()
    {
        Situation now = Host.Healthy(("net.ipv4.ip_local_reserved_ports", "20000")).Measuring(Host.Ports(28_000)).Listening(22, 15000, 15001, 20000, 40000);

        IReadOnlyList<Change> changes = Planner.Plan(now).Changes;

        Assert.Equal(["net.ipv4.ip_local_reserved_ports=15000-15001,20000", "net.ipv4.ip_local_port_range=10240 65535"], changes.Select(change => $"{change.Setting.Name}={change.To}"));
        Assert.Equal("gives each destination 55,296 local ports instead of 28,232", changes[1].Why.In(Language.English));
    }

    [Fact]
    public void Ports_in_time_wait_are_used_again_only_where_they_fill_the_range()
    {
        Assert.Contains(Planner.Plan(Host.Healthy().Measuring(Host.Ports(28_000, timeWait: 20_000))).Changes, change => (change.Setting.Name, change.From, change.To) == ("net.ipv4.tcp_tw_reuse", "2", "1"));
        Assert.DoesNotContain(Planner.Plan(Host.Healthy().Measuring(Host.Ports(28_000, timeWait: 200))).Changes, change => change.Setting.Name == "net.ipv4.tcp_tw_reuse");
        Assert.DoesNotContain(Planner.Plan(Host.Healthy(("net.ipv4.tcp_timestamps", "0")).Measuring(Host.Ports(28_000, timeWait: 20_000))).Changes, change => change.Setting.Name == "net.ipv4.tcp_tw_reuse");
    }

    [Fact]
    public void A_range_that_is_wide_already_is_left() =>
        Assert.Contains("reuse connections", Left(Host.Healthy(("net.ipv4.ip_local_port_range", "10240 65535")).Finding("ephemeral-port-exhaustion"), "net.ipv4.ip_local_port_range"), StringComparison.Ordinal);

    [Fact]
    public void A_lower_range_keeps_its_beginning() =>
        Assert.Equal("1024 65535", Assert.Single(Planner.Plan(Host.Healthy(("net.ipv4.ip_local_port_range", "1024 20000")).Finding("ephemeral-port-exhaustion")).Changes).To);

    [Theory]
    [InlineData(GaugeKind.Conntrack, "net.netfilter.nf_conntrack_max", "524288")]
    [InlineData(GaugeKind.Orphans, "net.ipv4.tcp_max_orphans", "524288")]
    [InlineData(GaugeKind.TimeWait, "net.ipv4.tcp_max_tw_buckets", "524288")]
    [InlineData(GaugeKind.Files, "fs.file-max", "524288")]
    public void A_table_that_is_nearly_full_doubles(GaugeKind kind, string setting, string to)
    {
        Change change = Assert.Single(Planner.Plan(Host.Healthy().Measuring(new Gauge(kind, setting, "", 250_000, 262_144))).Changes);

        Assert.Equal((setting, to), (change.Setting.Name, change.To));
        Assert.Equal("measured: 250,000 of 262,144 in use", Assert.Single(change.Evidence).In(Language.English));
    }

    [Fact]
    public void A_table_with_room_stays() =>
        Assert.Empty(Planner.Plan(Host.Healthy().Measuring(new Gauge(GaugeKind.Conntrack, "net.netfilter.nf_conntrack_max", "", 200_000, 262_144))).Changes);

    [Fact]
    public void Buffers_near_pressure_get_half_as_much_again() =>
        Assert.Equal("431851 575802 863703", Assert.Single(Planner.Plan(Host.Healthy().Measuring(new Gauge(GaugeKind.TcpMemory, "net.ipv4.tcp_mem", "", 380_000, 383_868))).Changes).To);

    [Fact]
    public void What_belongs_to_the_host_is_not_changed_from_a_namespace() =>
        Assert.Equal("belongs to the whole host: tune it there, without --netns",
            Left(Host.Healthy().Measuring(new Gauge(GaugeKind.Conntrack, "net.netfilter.nf_conntrack_max", "", 250_000, 262_144)) with { IsHost = false }, "net.netfilter.nf_conntrack_max"));

    [Fact]
    public void Idle_connections_that_were_forgotten_are_probed_earlier_and_remembered_longer()
    {
        Situation now = Host.Healthy(("net.netfilter.nf_conntrack_tcp_timeout_established", "300")).Finding("conntrack-idle-expiry", netns: 7);

        Assert.Equal(
            ["net.netfilter.nf_conntrack_tcp_timeout_established=86400", "net.ipv4.tcp_keepalive_time=60", "net.ipv4.tcp_keepalive_intvl=10", "net.ipv4.tcp_keepalive_probes=6"],
            Planner.Plan(now).Changes.Select(change => $"{change.Setting.Name}={change.To}"));
    }

    [Fact]
    public void A_firewall_that_forgets_before_the_first_probe_is_told_of_when_it_follows_connections()
    {
        Situation now = Host.Healthy(("net.netfilter.nf_conntrack_tcp_timeout_established", "300"));

        Assert.Empty(Planner.Plan(now).Changes);
        Change change = Assert.Single(Planner.Plan(now.Measuring(new Gauge(GaugeKind.Conntrack, "net.netfilter.nf_conntrack_max", "", 5, 262_144))).Changes);
        Assert.Equal("86400", change.To);
        Assert.Contains("each forgotten after 300 s of silence; the first keep-alive probe comes after 7200 s", change.Evidence[0].In(Language.English), StringComparison.Ordinal);
    }

    [Fact]
    public void A_remedy_of_a_finding_is_taken_with_its_own_words()
    {
        Change change = Assert.Single(Planner.Plan(Host.Healthy().Finding("retransmission-timeout", 3, wishes: new Wish("net.ipv4.tcp_retries2", "8", "Give up {earlier}."))).Changes);

        Assert.Equal(("net.ipv4.tcp_retries2", "15", "8", "Give up {earlier}."), (change.Setting.Name, change.From, change.To, change.Why.In(Language.English)));
    }

    [Fact]
    public void A_remedy_for_another_namespace_is_not_taken_here() =>
        Assert.Contains("about the network namespace 7", Left(Host.Healthy().Finding("retransmission-timeout", netns: 7, wishes: new Wish("net.ipv4.tcp_retries2", "8", "x")), "net.ipv4.tcp_retries2"), StringComparison.Ordinal);

    [Theory]
    [InlineData("kernel.core_pattern", "|/bin/sh")]
    [InlineData("listen backlog", "1024 or more")]
    public void A_remedy_that_is_no_setting_of_ours_is_never_taken(string setting, string to) =>
        Assert.Empty(Planner.Plan(Host.Healthy().Finding("retransmission-timeout", wishes: new Wish(setting, to, "x"))).Changes);

    [Fact]
    public void A_remedy_with_a_senseless_value_is_told() =>
        Assert.Throws<InvalidDataException>(() => Planner.Plan(Host.Healthy().Finding("retransmission-timeout", wishes: new Wish("net.ipv4.tcp_retries2", "1000", "x"))));

    [Fact]
    public void A_second_evidence_is_joined_to_the_first()
    {
        Wish wish = new("net.ipv4.tcp_retries2", "8", "x");
        Change change = Assert.Single(Planner.Plan(Host.Healthy().Finding("retransmission-timeout", 3, wishes: wish).Finding("unknown-timeout", 1, wishes: wish)).Changes);

        Assert.Equal(["finding retransmission-timeout: 3 connections", "finding unknown-timeout: 1 connection"], change.Evidence.Select(one => one.In(Language.English)));
    }

    [Theory]
    [InlineData("proxy", 8)]
    [InlineData("server", 5)]
    [InlineData("client", 6)]
    [InlineData("database", 5)]
    public void A_profile_adds_its_choices_and_says_so(string profile, int count)
    {
        TuningPlan plan = Planner.Plan(Host.Healthy() with { Profile = Profile.Find(profile) });

        // The defaults of 6.18 meet somaxconn and tcp_abort_on_overflow.
        Assert.Equal(count, plan.Changes.Count);
        Assert.All(plan.Changes, change => Assert.Contains(change.Evidence, one => one.In(Language.English) == $"chosen by --profile {profile}, not measured"));
    }

    [Fact]
    public void A_setting_that_this_kernel_is_too_old_for_is_left() =>
        Assert.Equal("needs Linux 5.14", Left(Host.With(new Version(5, 10)) with { Profile = Profile.Find("server") }, "net.ipv4.tcp_migrate_req"));

    [Fact]
    public void A_plan_that_was_carried_out_asks_for_nothing_more()
    {
        Situation before = Host.Healthy(("net.core.somaxconn", "128")) with { Profile = Profile.Find("proxy") };
        before = before.Measuring(Host.Queue(129, 128), Host.Ports(28_000, 28_000)).Listening(15000);
        TuningPlan plan = Planner.Plan(before);
        Dictionary<string, string> values = new(before.Values);
        foreach (Change change in plan.Changes)
            values[change.Setting.Name] = change.To;

        // The listener has listened again, and its longer queue has room.
        Situation after = before.Measuring(Host.Queue(0, 4096), Host.Ports(28_000, 28_000) with { Limit = 55_295 }) with { Values = values };

        Assert.NotEmpty(plan.Changes);
        Assert.Empty(Planner.Plan(after).Changes);
    }

    [Fact]
    public void All_that_advice_says_is_known_in_Korean()
    {
        Situation full = Host.Healthy(("net.core.somaxconn", "128"), ("net.netfilter.nf_conntrack_tcp_timeout_established", "300"))
            .Measuring([.. Enum.GetValues<GaugeKind>().Select(kind => new Gauge(kind, Setting(kind), "", 262_000, 262_144) { InTimeWait = 262_000 }), Host.Queue(129, 128)])
            .Listening(15000).Finding("conntrack-idle-expiry", 2).Finding("accept-queue-overflow-drop", 1)
            .Finding("x", netns: 7, wishes: new Wish("net.ipv4.tcp_retries2", "8", "x"));
        full = full with { Headroom = full.Headroom with { Counters = new Dictionary<string, long> { ["TcpExtListenOverflows"] = 5 } } };
        List<TuningPlan> plans = [Planner.Plan(full), Planner.Plan(full with { IsHost = false })];
        plans.AddRange(Profile.All.Select(profile => Planner.Plan(Host.With(new Version(5, 10), ("net.core.somaxconn", "128"), ("net.ipv4.tcp_abort_on_overflow", "1")) with { Profile = profile })));
        plans.AddRange(Profile.All.Select(profile => Planner.Plan(Host.Healthy(("net.core.somaxconn", "128"), ("net.ipv4.tcp_abort_on_overflow", "1")) with { Profile = profile })));

        IEnumerable<Sentence> said = plans.SelectMany(plan => plan.Changes.SelectMany(change => change.Evidence.Append(change.Why)).Concat(plan.LeftAlone.Select(left => left.Why).OfType<Sentence>()));

        Assert.All(said.DistinctBy(sentence => sentence.Phrase), sentence => Assert.True(Translations.Knows(sentence.Phrase), $"no line in ko.txt for: {sentence.Phrase}"));
    }

    private static string Setting(GaugeKind kind) => kind switch
    {
        GaugeKind.Conntrack => "net.netfilter.nf_conntrack_max",
        GaugeKind.Orphans => "net.ipv4.tcp_max_orphans",
        GaugeKind.TimeWait => "net.ipv4.tcp_max_tw_buckets",
        GaugeKind.Files => "fs.file-max",
        GaugeKind.TcpMemory => "net.ipv4.tcp_mem",
        _ => "net.ipv4.ip_local_port_range",
    };

    private static string Left(Situation situation, string setting)
    {
        TuningPlan plan = Planner.Plan(situation);
        Assert.DoesNotContain(plan.Changes, change => change.Setting.Name == setting);
        return plan.LeftAlone.First(left => left.Setting == setting).In(Language.English);
    }
}
