namespace Tcpwhy.Alerting.Delivery;

/// <summary>Brings one receiver its notices, in their order, and tries again, ever more rarely, until it takes them.</summary>
internal sealed class Courier(ReceiverPlan plan, IAlertReceiver receiver, Outbox outbox, TimeProvider time, Action<string, object[]> say) : IDisposable
{
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>Alerts of yesterday help nobody.</summary>
    private static readonly TimeSpan LongestAge = TimeSpan.FromHours(24);
    private const int MostRefusals = 3;

    private DateTimeOffset? _last;
    private int _failures;
    private int _refusals;

    /// <summary>Whether it has something to bring, and may yet succeed at once.</summary>
    public bool IsBusy => _failures == 0 && !outbox.IsEmpty(plan);

    /// <summary>Works until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var (notices, firing) = outbox.Head(plan, _failures > 0 && _refusals > 0 ? 1 : receiver.Batch, out Task changed);
                if (notices.Count == 0 && (firing.Count == 0 || receiver.Resend is null || time.GetUtcNow() - _last < receiver.Resend))
                    await WaitAsync(changed, firing.Count > 0 ? receiver.Resend - (time.GetUtcNow() - _last) : null, stop).ConfigureAwait(false);
                else
                    await BringAsync(notices, firing, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // What it has not brought yet, the next start will.
        }
    }

    public void Dispose() => receiver.Dispose();

    private async Task BringAsync(IReadOnlyList<AlertNotice> notices, IReadOnlyList<Alert> firing, CancellationToken stop)
    {
        DateTimeOffset now = time.GetUtcNow();
        AlertNotice[] old = [.. notices.Where(notice => now - notice.Change.Time > LongestAge)];
        if (old.Length > 0)
        {
            say("receiver '{0}': {1} alerts are older than a day and are dropped", [plan.Name, old.Length]);
            outbox.Done(plan, old);
            return;
        }
        DeliveryResult result = await receiver.SendAsync(notices, firing, stop).ConfigureAwait(false);
        if (result.HasArrived)
        {
            if (_failures > 0)
                say("receiver '{0}' takes alerts again", [plan.Name]);
            (_failures, _refusals, _last) = (0, 0, time.GetUtcNow());
            outbox.Done(plan, notices);
            return;
        }
        if (_failures++ == 0)
            say("receiver '{0}' takes no alert: {1}; tried again until it does", [plan.Name, result]);
        if (result.Refused && ++_refusals >= MostRefusals && notices.Count == 1)
        {
            say("receiver '{0}' refuses the alert {1}, which is dropped: {2}", [plan.Name, notices[0].Change.Alert.Rule, result]);
            outbox.Done(plan, notices);
            _refusals = 0;
            return;
        }
        TimeSpan pause = Pause(_failures, Random.Shared.NextDouble());
        await Task.Delay(result.Wait > pause ? result.Wait.Value : pause, time, stop).ConfigureAwait(false);
    }

    /// <summary>1 s, 2 s, 4 s … 1 min, half of it by chance, so that many hosts do not come back at one moment.</summary>
    internal static TimeSpan Pause(int failures, double chance)
    {
        TimeSpan whole = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(failures - 1, 10)), LongestPause.TotalSeconds));
        return whole * (0.5 + 0.5 * chance);
    }

    private async Task WaitAsync(Task changed, TimeSpan? most, CancellationToken stop)
    {
        try
        {
            // A clock that was set back must not make a reminder wait for ever.
            TimeSpan limit = most is { } wait ? TimeSpan.FromTicks(Math.Clamp(wait.Ticks, TimeSpan.TicksPerMillisecond, LongestPause.Ticks)) : Timeout.InfiniteTimeSpan;
            await changed.WaitAsync(limit, time, stop).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It is time to remind.
        }
    }
}
