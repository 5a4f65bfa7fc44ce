using System.Text.Json;
using Tcpwhy.Alerting;
using Tcpwhy.Alerting.Delivery;
using Tcpwhy.Tests.Alerting;
using Xunit;

namespace Tcpwhy.E2e.Alerting;

/// <summary>Alerts as a real Alertmanager takes them, and passes them on.</summary>
public sealed class AlertmanagerTests : IDisposable
{
    static readonly AlertRule Connections = Given.Rule("connections", 1000, 2000) with { Name = "max-connections" };
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tcpwhy-alerts-");
    readonly MovingTime _time = new(TimeProvider.System.GetUtcNow());
    readonly List<string> _said = [];

    [Fact]
    public async Task It_notifies_once_of_the_beginning_and_once_of_the_end()
    {
        await using Hook hook = new(Hook.Ok);
        await using Alertmanager manager = await Alertmanager.StartAsync(hook.Address);
        using (AlertCenter center = Open(manager))
        {
            center.Observe(Reading(1100), []);
            await WaitAsync(hook, "firing max-connections warning");
            center.Observe(Reading(1200), []);
        }
        // We were restarted meanwhile.
        using (AlertCenter center = Open(manager))
        {
            center.Observe(Reading(1300), []);
            Assert.Equal(["max-connections warning web-1"], await manager.ActiveAsync());
            center.Observe(Reading(10), []);
            await WaitAsync(hook, "firing max-connections warning", "resolved max-connections warning");
        }
        Assert.Empty(await manager.ActiveAsync());
        Assert.Empty(_said);
    }

    [Fact]
    public async Task A_change_of_severity_ends_one_alert_and_begins_another()
    {
        await using Hook hook = new(Hook.Ok);
        await using Alertmanager manager = await Alertmanager.StartAsync(hook.Address);
        using AlertCenter center = Open(manager);
        center.Observe(Reading(1100), []);
        await WaitAsync(hook, "firing max-connections warning");
        center.Observe(Reading(2100), []);
        await WaitAsync(hook, "firing max-connections critical", "firing max-connections warning", "resolved max-connections warning");
        Assert.Equal(["max-connections critical web-1"], await manager.ActiveAsync());
    }

    [Fact]
    public async Task One_that_was_down_and_has_forgotten_all_knows_again_what_fires()
    {
        await using Hook hook = new(Hook.Ok);
        await using Alertmanager manager = await Alertmanager.StartAsync(hook.Address);
        using AlertCenter center = Open(manager);
        center.Observe(Reading(1100), []);
        await WaitAsync(hook, "firing max-connections warning");
        await manager.KillAsync();
        // Ten minutes of test time: what changes meanwhile waits, and is tried again and again.
        center.Observe(Reading(2100), []);
        for (int second = 0; second < 600; second += 10)
        {
            await Given.Until(() => _time.Set > 0);
            _time.Advance(TimeSpan.FromSeconds(10));
        }
        Assert.Contains(_said, line => line.StartsWith("receiver 'am' takes no alert: ", StringComparison.Ordinal));
        await manager.BeginAsync();
        // At most a minute of pause; an attempt that is under way may be cut short by our haste.
        for (int tries = 0; Told(hook).Length < 2 && tries < 50; tries++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(200);
        }
        await WaitAsync(hook, "firing max-connections critical", "firing max-connections warning");
        Assert.Equal(["max-connections critical web-1"], await manager.ActiveAsync());
    }

    public void Dispose() => _directory.Delete(recursive: true);

    AlertCenter Open(Alertmanager manager) => AlertCenter.Open(
        AlertPlan.Usual with { Rules = [Connections], Receivers = [new ReceiverPlan("am", ReceiverKind.Alertmanager) { Url = manager.Address }] }, Given.Sender, _directory.FullName, _said.Add, _time);

    Tcpwhy.Readings.Reading Reading(int connections) => Given.Reading(0, connections) with { Time = _time.GetUtcNow() };

    /// <summary>Waits until Alertmanager has notified of exactly these, and a while longer for one too many.</summary>
    static async Task WaitAsync(Hook hook, params string[] notified)
    {
        await Given.Until(() => Told(hook).Length >= notified.Length);
        await Task.Delay(300);
        Assert.Equal(notified, Told(hook).Order(StringComparer.Ordinal));
    }

    static string[] Told(Hook hook) => [.. hook.Requests.SelectMany(request => JsonDocument.Parse(request.Body).RootElement.GetProperty("alerts").EnumerateArray())
        .Select(alert => $"{alert.GetProperty("status").GetString()} {alert.GetProperty("labels").GetProperty("alertname").GetString()} {alert.GetProperty("labels").GetProperty("severity").GetString()}")];
}
