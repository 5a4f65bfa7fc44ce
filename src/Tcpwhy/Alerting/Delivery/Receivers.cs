using Tcpwhy.Model;

namespace Tcpwhy.Alerting.Delivery;

/// <summary>Makes receivers of their plans, and tries them.</summary>
public static class Receivers
{
    /// <summary>Sends every receiver one alert that says it is a test, and tells of each what went wrong, or null.</summary>
    public static IEnumerable<(ReceiverPlan Receiver, string? Failure)> Try(IReadOnlyList<ReceiverPlan> plans, Sender sender, TimeProvider time)
    {
        DateTimeOffset now = time.GetUtcNow();
        var alert = new Alert
        {
            Rule = "tcpwhy-test",
            Signal = AlertWords.Test,
            Unit = SignalUnit.Count,
            Subject = "",
            Severity = Severity.Warning,
            Value = 1,
            Peak = 1,
            Threshold = 0,
            Clear = 0,
            Fired = now,
            Changed = now,
            Told = now,
            Measured = now,
        };
        var notice = new AlertNotice($"test-{Guid.NewGuid():N}", 0, new AlertChange(AlertChangeKind.Fired, alert, now, null));
        foreach (ReceiverPlan plan in plans)
        {
            using IAlertReceiver receiver = Open(plan, sender, time);
            DeliveryResult result = receiver.SendAsync([notice], [], CancellationToken.None).GetAwaiter().GetResult();
            yield return (plan, result.HasArrived ? null : result.In(sender.Language));
        }
    }

    internal static IAlertReceiver Open(ReceiverPlan plan, Sender sender, TimeProvider time) => plan.Kind switch
    {
        ReceiverKind.File => new FileReceiver(plan, sender),
        ReceiverKind.Journal => new JournalReceiver(plan, sender),
        ReceiverKind.Alertmanager => new AlertmanagerReceiver(plan, sender, time),
        _ => new WebhookReceiver(plan, sender, time),
    };
}
