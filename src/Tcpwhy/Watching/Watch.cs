using Tcpwhy.Alerting;
using Tcpwhy.Diagnosis;
using Tcpwhy.Filtering;
using Tcpwhy.History;
using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Sources;

namespace Tcpwhy.Watching;

/// <summary>Watching without an end and without a screen: the pipeline judges what breaks, the host is read at every interval, and whoever wants to see, to keep or to warn is called.</summary>
/// <param name="read">Reads the host; called on one thread, at the start and then at every interval.</param>
public sealed class Watch(ISource source, Filter filter, Func<Reading> read, TimeProvider time)
{
    public static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(5);

    /// <summary>Time between two readings; ticks fall on its multiples.</summary>
    public TimeSpan Interval { get; init; } = UsualInterval;

    /// <summary>Judges each reading for alerts and has them delivered; null when nobody wants any.</summary>
    public AlertCenter? Alerts { get; init; }

    /// <summary>Keeps verdicts, readings and alerts; null when nobody wants to.</summary>
    public HistoryWriter? History { get; init; }

    /// <summary>Sees every event before it is judged, on the thread that called <see cref="Run"/>; it must be quick.</summary>
    public Action<Event>? OnEvent { get; init; }

    /// <summary>Sees the verdict of every single connection, normal life included, with its timeline as the one example; on the thread that called <see cref="Run"/>, and it must be quick.</summary>
    public Action<Finding>? OnVerdict { get; init; }

    /// <summary>Sees each interval's end, the first at once and the last when watching stops; never two at a time.</summary>
    public Action<Tick>? OnTick { get; init; }

    /// <summary>Watches until the source ends or <paramref name="stop"/>, and returns the answer for the whole time.</summary>
    public Answer Run(CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var gathered = new Gathered(time.GetUtcNow());
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task ticking = TickAsync(gathered, started.Task, ended);
        try
        {
            return Pipeline.Run(
                source,
                filter,
                next =>
                {
                    gathered.See(next);
                    OnEvent?.Invoke(next);
                    if (next is Started began)
                    {
                        History?.Begin(began);
                        started.TrySetResult();
                    }
                },
                null,
                verdict =>
                {
                    Finding alone = Findings.Alone(verdict);
                    gathered.Add(alone);
                    History?.Keep(alone);
                    OnVerdict?.Invoke(alone);
                },
                ended.Token);
        }
        finally
        {
            ended.Cancel();
            started.TrySetResult();
            // A reading that failed is the reason why the pipeline ended.
            ticking.GetAwaiter().GetResult();
            Tick(gathered);
        }
    }

    private async Task TickAsync(Gathered gathered, Task started, CancellationTokenSource ended)
    {
        await started.ConfigureAwait(false);
        try
        {
            while (!ended.IsCancellationRequested)
            {
                Tick(gathered);
                await Task.Delay(ToNext(), time, ended.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The last tick is Run's.
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
        }
    }

    private void Tick(Gathered gathered)
    {
        Tick tick = gathered.End(read());
        if (Alerts is { } alerts)
            tick = tick with { Alerts = alerts.Observe(tick.Reading, tick.Findings) };
        History?.Keep(tick);
        OnTick?.Invoke(tick);
    }

    private TimeSpan ToNext()
    {
        TimeSpan left = Interval - TimeSpan.FromTicks(time.GetUtcNow().Ticks % Interval.Ticks);
        // A timer may fire a little early; that was this multiple's tick.
        return left < Interval / 20 ? left + Interval : left;
    }
}
