using Tcpwhy.Alerting;
using Tcpwhy.Model;
using Tcpwhy.Tuning;
using Xunit;

namespace Tcpwhy.Tests.Alerting;

public class AlertEvaluatorTests
{
    private static readonly AlertRule Connections = Given.Rule("connections", 1000, 2000);

    [Fact]
    public void An_alert_fires_once_above_its_threshold_and_ends_once_below_its_clear() =>
        Assert.Equal(["10 Fired Warning 1001", "40 Resolved Warning 900"], Played(Connections, 1000, 1001, 1500, 901, 900, 900));

    [Fact]
    public void Between_clear_and_threshold_nothing_changes() =>
        Assert.Equal(["0 Fired Warning 1100"], Played(Connections, 1100, 950, 1100, 950, 1001, 901));

    [Fact]
    public void A_clear_of_its_own_is_kept() =>
        Assert.Equal(["0 Fired Warning 1100", "20 Resolved Warning 500"], Played(Connections with { Clear = 500 }, 1100, 501, 500));

    [Fact]
    public void It_rises_and_falls_between_severities() =>
        Assert.Equal(["0 Fired Warning 1500", "10 Escalated Critical 2500", "30 Eased Warning 1800", "40 Escalated Critical 3000", "50 Resolved Critical 0"],
            Played(Connections, 1500, 2500, 1900, 1800, 3000, 0));

    [Fact]
    public void What_is_critical_at_once_fires_once() => Assert.Equal(["0 Fired Critical 9000"], Played(Connections, 9000, 9000));

    [Fact]
    public void A_threshold_counts_only_after_its_time() =>
        Assert.Equal(["50 Fired Warning 1100"], Played(Connections with { For = TimeSpan.FromSeconds(20) }, 1100, 1100, 1000, 1100, 1100, 1100));

    [Fact]
    public void A_critical_value_must_last_as_well() =>
        Assert.Equal(["20 Fired Warning 9000", "40 Escalated Critical 9000"], Played(Connections with { For = TimeSpan.FromSeconds(20) }, 1100, 1100, 9000, 9000, 9000, 9000));

    [Fact]
    public void It_is_told_again_while_it_lasts() =>
        Assert.Equal(["0 Fired Warning 1100", "30 Repeated Warning 1100", "60 Repeated Warning 1100"], Played(Connections with { Repeat = TimeSpan.FromSeconds(30) }, 1100, 1100, 1100, 1100, 1100, 1100, 1100));

    [Fact]
    public void A_clock_that_is_set_back_neither_fires_nor_ends_anything()
    {
        var evaluator = new AlertEvaluator([Connections with { For = TimeSpan.FromSeconds(20) }], []);
        Assert.Empty(evaluator.Observe(Given.Reading(1000, connections: 1100), []));
        Assert.Empty(evaluator.Observe(Given.Reading(-90_000, connections: 1100), []));
        Assert.Single(evaluator.Observe(Given.Reading(-89_980, connections: 1100), []));
        Assert.Empty(evaluator.Observe(Given.Reading(-200_000, connections: 1100), []));
    }

    [Fact]
    public void A_restart_neither_fires_anew_nor_forgets()
    {
        var before = new AlertEvaluator([Connections], []);
        before.Observe(Given.Reading(0, connections: 1100), []);

        var after = new AlertEvaluator([Connections], before.Firing);
        Assert.Empty(after.Observe(Given.Reading(60, connections: 1200), []));
        AlertChange end = Assert.Single(after.Observe(Given.Reading(70, connections: 10), []));
        Assert.Equal((AlertChangeKind.Resolved, Given.At(0), Given.At(70), 1200.0), (end.Kind, end.Alert.Fired, end.Time, end.Alert.Peak));
        Assert.Empty(after.Firing);
    }

    [Fact]
    public void A_rate_is_not_over_because_we_were_restarted()
    {
        AlertRule rule = Given.Rule("server-close-unread", 5);
        var before = new AlertEvaluator([rule], []);
        Assert.Single(before.Observe(Given.Reading(0, failed: 6), [Given.Finding(6)]));

        var after = new AlertEvaluator([rule], before.Firing);
        for (int second = 10; second < 70; second += 10)
            Assert.Empty(after.Observe(Given.Reading(second, failed: 0), []));
        Assert.Equal(AlertChangeKind.Resolved, Assert.Single(after.Observe(Given.Reading(70, failed: 0), [])).Kind);
    }

    [Fact]
    public void What_cannot_be_measured_is_neither_high_nor_low()
    {
        AlertRule rule = Given.Rule("connection-rate", 100);
        var evaluator = new AlertEvaluator([rule], []);
        Assert.Empty(evaluator.Observe(Given.Reading(0), []));
        Assert.Single(evaluator.Observe(Given.Reading(5, opened: 120), []));
        Assert.Empty(evaluator.Observe(Given.Reading(10), []));
        Assert.Single(evaluator.Firing);
        AlertChange end = Assert.Single(evaluator.Observe(Given.Reading(3700), []));
        Assert.Equal(AlertEnd.NotMeasured, end.End);
    }

    [Fact]
    public void An_alert_ends_with_its_rule()
    {
        var before = new AlertEvaluator([Connections], []);
        before.Observe(Given.Reading(0, connections: 1100), []);
        AlertChange end = Assert.Single(new AlertEvaluator([], before.Firing).Observe(Given.Reading(5, connections: 1100), []));
        Assert.Equal((AlertChangeKind.Resolved, AlertEnd.RuleGone), (end.Kind, end.End));
    }

    [Fact]
    public void Causes_are_counted_within_a_minute_and_told_apart()
    {
        var evaluator = new AlertEvaluator([Given.Rule("any-cause", 5, 20)], []);
        Assert.Empty(evaluator.Observe(Given.Reading(0, failed: 5), [Given.Finding(3), Given.Finding(2, "keepalive-race")]));
        Assert.Empty(evaluator.Observe(Given.Reading(30, failed: 4), [Given.Finding(2), Given.Finding(2, "keepalive-race")]));
        AlertChange fired = Assert.Single(evaluator.Observe(Given.Reading(59, failed: 1), [Given.Finding(1)]));
        Assert.Equal(("server-close-unread", "server-close-unread", 6.0, "java 4312"), (fired.Alert.Subject, fired.Alert.Signal, fired.Alert.Value, fired.Alert.Evidence?.Who));
        // A minute after the first three, three are left.
        Assert.Equal(AlertChangeKind.Resolved, Assert.Single(evaluator.Observe(Given.Reading(60, failed: 0), [])).Kind);
    }

    [Fact]
    public void Normal_life_is_no_failure_unless_a_rule_names_it()
    {
        Finding[] life = [Given.Finding(500, "port-scan-noise", Severity.Info), Given.Finding(500, "normal-reset-close", Severity.Info)];
        Assert.Empty(new AlertEvaluator([Given.Rule("any-cause", 5), Given.Rule("failures", 5)], []).Observe(Given.Reading(0, failed: 0), life));
        Assert.Single(new AlertEvaluator([Given.Rule("port-scan-noise", 5)], []).Observe(Given.Reading(0, failed: 0), life));
    }

    [Fact]
    public void Of_a_cause_only_what_broke_somebody_is_a_failure()
    {
        Finding[] mixed = [Given.Finding(50, severity: Severity.Info), Given.Finding(6)];
        AlertChange fired = Assert.Single(new AlertEvaluator([Given.Rule("any-cause", 5)], []).Observe(Given.Reading(0, failed: 6), mixed));
        Assert.Equal(6, fired.Alert.Value);
    }

    [Theory]
    [InlineData(2, 2, false)]
    [InlineData(1, 19, false)]
    [InlineData(2, 20, true)]
    [InlineData(50, 950, false)]
    [InlineData(51, 949, true)]
    public void The_share_of_failures_needs_enough_connections(int failed, int normal, bool fires) =>
        Assert.Equal(fires, new AlertEvaluator([Given.Rule("error-rate", 0.05)], []).Observe(Given.Reading(0, failed: failed, normal: normal), [Given.Finding(failed)]).Count == 1);

    [Fact]
    public void A_limit_is_watched_for_each_of_its_subjects()
    {
        var evaluator = new AlertEvaluator([Given.Rule("ephemeral-ports", 0.8, 0.95)], []);
        Gauge Ports(string to, long used) => new(GaugeKind.LocalPorts, "net.ipv4.ip_local_port_range", to, used, 28_232);
        Assert.Equal("Fired → a:1 Critical", Told(Assert.Single(evaluator.Observe(Given.Reading(0, limits: [Ports("→ a:1", 28_000), Ports("→ b:1", 20_000)]), []))));
        Assert.Equal("Fired → b:1 Warning", Told(Assert.Single(evaluator.Observe(Given.Reading(5, limits: [Ports("→ a:1", 28_000), Ports("→ b:1", 25_000)]), []))));
        // A destination that nobody uses any more is in no list.
        Assert.Equal("Resolved → a:1 Critical", Told(Assert.Single(evaluator.Observe(Given.Reading(10, limits: [Ports("→ b:1", 25_000)]), []))));

        static string Told(AlertChange change) => $"{change.Kind} {change.Alert.Subject} {change.Alert.Severity}";
    }

    [Fact]
    public void A_thousand_subjects_are_not_a_thousand_alerts()
    {
        Gauge[] full = [.. Enumerable.Range(0, 1000).Select(i => new Gauge(GaugeKind.Descriptors, "RLIMIT_NOFILE", $"app {i}", 1000, 1000))];
        var evaluator = new AlertEvaluator([Given.Rule("descriptors", 0.8)], []);
        Assert.Equal(50, evaluator.Observe(Given.Reading(0, limits: full), []).Count);
        Assert.Empty(evaluator.Observe(Given.Reading(5, limits: full), []));
        Assert.Equal(50, evaluator.Observe(Given.Reading(10), []).Count);
    }

    [Fact]
    public void The_usual_rules_have_the_thresholds_of_the_mission()
    {
        var evaluator = new AlertEvaluator([.. AlertPlan.Usual.Rules.Select(rule => rule with { For = TimeSpan.Zero })], []);
        Assert.Empty(evaluator.Observe(Given.Reading(0, 1000, 5000, 100, 5, 95), [Given.Finding(5)]));
        Assert.Equal(["connection-rate-threshold Warning", "error-rate-threshold Warning", "max-connections Warning", "time-wait-threshold Warning"],
            evaluator.Observe(Given.Reading(61, 1001, 5001, 101, 6, 94), [Given.Finding(5), Given.Finding(1, "keepalive-race")]).Select(change => $"{change.Alert.Rule} {change.Alert.Severity}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Whatever_the_values_do_firing_and_ending_take_turns()
    {
        var random = new Random(11);
        AlertRule rule = Connections with { For = TimeSpan.FromSeconds(10), Repeat = TimeSpan.FromSeconds(40) };
        var evaluator = new AlertEvaluator([rule], []);
        Severity? severity = null;
        for (int second = 0; second < 20_000; second += 5)
        {
            // Every now and then we are killed.
            if (random.Next(50) == 0)
                evaluator = new AlertEvaluator([rule], evaluator.Firing);
            foreach (AlertChange change in evaluator.Observe(Given.Reading(second, random.Next(3) * 1100 + random.Next(200)), []))
            {
                Assert.Equal(severity, change.Before);
                Assert.Equal(severity is null, change.Kind == AlertChangeKind.Fired);
                severity = change.Kind == AlertChangeKind.Resolved ? null : change.Alert.Severity;
            }
            Assert.Equal(severity, evaluator.Firing.SingleOrDefault()?.Severity);
        }
    }

    /// <summary>What becomes of values that come every ten seconds.</summary>
    private static string[] Played(AlertRule rule, params int[] values)
    {
        var evaluator = new AlertEvaluator([rule], []);
        return [.. values.SelectMany((value, i) => evaluator.Observe(Given.Reading(10 * i, connections: value), [])).Select(change => $"{(change.Time - Given.Start).TotalSeconds} {change.Kind} {change.Alert.Severity} {change.Alert.Value}")];
    }
}
