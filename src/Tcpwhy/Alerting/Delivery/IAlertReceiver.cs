namespace Tcpwhy.Alerting.Delivery;

/// <summary>Somebody who is told of alerts. One attempt at a time.</summary>
internal interface IAlertReceiver : IDisposable
{
    /// <summary>How many notices one delivery can carry.</summary>
    int Batch { get; }

    /// <summary>How often it must hear of what still fires, lest it thinks that over; null when it remembers.</summary>
    TimeSpan? Resend { get; }

    /// <summary>Makes one attempt, of bounded time.</summary>
    /// <param name="notices">In their order; empty for a mere reminder of what fires.</param>
    /// <param name="firing">What fires now and concerns it.</param>
    Task<DeliveryResult> SendAsync(IReadOnlyList<AlertNotice> notices, IReadOnlyList<Alert> firing, CancellationToken stop);
}
