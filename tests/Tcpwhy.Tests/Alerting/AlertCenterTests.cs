using System.Text.Json;
using Tcpwhy.Alerting;
using Tcpwhy.Alerting.Delivery;
using Xunit;

namespace Tcpwhy.Tests.Alerting;

/// <summary>Alerts from reading to file and webhook, across restarts.</summary>
public sealed class AlertCenterTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tcpwhy");
    private readonly List<string> _said = [];
    private readonly StartedTime _time = new(Given.Start);

    private string State => Path.Combine(_directory.FullName, "state");

    private string Log => Path.Combine(_directory.FullName, "alerts.ndjson");

    [Fact]
    public void An_alert_fires_once_and_ends_once_across_restarts()
    {
        foreach (int[] values in (int[][])[[1100, 1200], [1300], [], [1400, 10, 10], [10]])
        {
            using AlertCenter center = Open(ToLog());
            foreach (int value in values)
                center.Observe(Given.Reading(0, connections: value), []);
        }
        Assert.Equal(["fired", "resolved"], Changes());
        Assert.Empty(_said);
    }

    [Fact]
    public async Task What_a_receiver_missed_it_gets_after_the_restart()
    {
        int port;
        await using (Hook gone = new(Hook.Ok))
            port = gone.Address.Port;
        ReceiverPlan receiver = new("hook", ReceiverKind.Webhook) { Url = new Uri($"http://127.0.0.1:{port}/") };
        using (AlertCenter center = Open(receiver))
        {
            center.Observe(Given.Reading(0, connections: 1100), []);
            center.Observe(Given.Reading(5, connections: 10), []);
            await Given.Until(() => Said().Length > 0);
        }
        Assert.Equal("receiver 'hook' takes no alert: cannot connect: Connection refused; tried again until it does", Assert.Single(_said));

        await using Hook back = new(Hook.Ok);
        using (Open(receiver with { Url = back.Address }))
            await Given.Until(() => back.Requests.Count == 2);
        Assert.Equal(["fired", "resolved"], [back.Document(0).GetProperty("change").GetString()!, back.Document(1).GetProperty("change").GetString()!]);

        // And never again.
        using (Open(receiver with { Url = back.Address }))
        {
        }
        Assert.Equal(2, back.Requests.Count);
    }

    [Fact]
    public void Who_wants_critical_alerts_alone_gets_them_as_if_there_were_no_others()
    {
        using (AlertCenter center = Open(ToLog() with { Least = Model.Severity.Critical }))
        {
            foreach (int value in (int[])[1100, 2500, 1500, 2500, 10])
                center.Observe(Given.Reading(0, connections: value), []);
        }
        Assert.Equal(["fired", "resolved", "fired", "resolved"], Changes());
    }

    [Fact]
    public void Only_one_of_two_sends()
    {
        using (AlertCenter first = Open(ToLog()), second = Open(ToLog()))
        {
            Assert.StartsWith("another tcpwhy watches this host and sends its alerts", Assert.Single(_said), StringComparison.Ordinal);
            second.Observe(Given.Reading(0, connections: 1100), []);
            first.Observe(Given.Reading(0, connections: 1100), []);
            Assert.Single(second.Firing);
        }
        Assert.Equal(["fired"], Changes());
    }

    [Theory]
    [InlineData("not json at all")]
    [InlineData("{}")]
    [InlineData("""{"schema":"tcpwhy.alerts-kept/9","series":"a"}""")]
    [InlineData("""{"schema":"tcpwhy.alerts-kept/1","series":"a","firing":[null]}""")]
    [InlineData("""{"schema":"tcpwhy.alerts-kept/1","series":"a","queues":{"log":[{"id":null}]}}""")]
    public void A_damaged_file_is_set_aside(string content)
    {
        Directory.CreateDirectory(State);
        File.WriteAllText(Path.Combine(State, "alerts.json"), content);
        using (AlertCenter center = Open(ToLog()))
            center.Observe(Given.Reading(0, connections: 1100), []);
        Assert.Contains("is damaged", Assert.Single(_said), StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(Path.Combine(State, "alerts.json.damaged")));
        Assert.Equal(["fired"], Changes());
    }

    [Fact]
    public void Where_nothing_can_be_kept_alerts_are_still_sent()
    {
        using (AlertCenter center = AlertCenter.Open(Plan(ToLog()), Given.Sender, "/proc/none", Say, _time))
            center.Observe(Given.Reading(0, connections: 1100), []);
        Assert.StartsWith("alerts cannot be kept across a restart: ", Assert.Single(_said), StringComparison.Ordinal);
        Assert.Equal(["fired"], Changes());
    }

    [Fact]
    public void The_last_changes_are_known_after_a_restart()
    {
        using (AlertCenter center = Open())
            center.Observe(Given.Reading(0, connections: 1100), []);
        using AlertCenter after = Open();
        Assert.Equal("max-connections", Assert.Single(after.Recent).Alert.Rule);
        Assert.Equal("max-connections", Assert.Single(after.Firing).Rule);
    }

    [Fact]
    public void A_queue_is_bounded_and_says_what_it_drops()
    {
        ReceiverPlan plan = new("hook", ReceiverKind.Webhook);
        using Outbox outbox = new(null, KeptAlerts.Fresh(), [plan], (phrase, values) => _said.Add(string.Format(phrase, values)));
        for (int i = 0; i <= Outbox.Most; i++)
            outbox.Post([Given.Fired($"rule-{i}")], []);
        Assert.Equal("rule-1", outbox.Head(plan, 1, out _).Notices[0].Change.Alert.Rule);
        Assert.Equal("receiver 'hook' is behind by 1000 alerts: the oldest is dropped (rule-0)", Assert.Single(_said));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static AlertPlan Plan(params ReceiverPlan[] receivers) => AlertPlan.Usual with { Rules = [Given.Rule("connections", 1000, 2000) with { Name = "max-connections" }], Receivers = receivers };

    private AlertCenter Open(params ReceiverPlan[] receivers) => AlertCenter.Open(Plan(receivers), Given.Sender, State, Say, _time);

    private ReceiverPlan ToLog() => new("log", ReceiverKind.File) { Path = Log };

    private string[] Changes() => [.. File.ReadAllLines(Log).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("change").GetString()!)];

    private void Say(string line)
    {
        lock (_said)
            _said.Add(line);
    }

    private string[] Said()
    {
        lock (_said)
            return [.. _said];
    }
}
