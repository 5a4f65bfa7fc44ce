using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Tuning;

/// <summary>The dead-man's switch: runs in a process of its own, and undoes a change when its time is over or failures rise, unless it was confirmed.</summary>
public sealed class Guard(ProcFs proc, JournalStore store, Boot boot, string key)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // It looks five times a second for minutes: at 95 % chance alone would soon call something a rise.
    private const double Sure = 0.9999;
    private const long FewestFailures = 10;

    /// <summary>Watches until the change is confirmed, undone by somebody, or undone by us. <paramref name="watching"/> is called once it watches; a cancelled <paramref name="leave"/> undoes it at once.</summary>
    public void Run(Action watching, CancellationToken leave)
    {
        if (store.Read(key) is not { Pending: { } mine } journal || new Recovery(proc, store, boot).Find(journal) is not { } target)
            return;
        watching();
        try
        {
            Watch(target, mine, leave);
        }
        catch (KernelException)
        {
            // The namespace is gone, and its settings with it.
        }
    }

    private void Watch(Target target, Layer mine, CancellationToken leave)
    {
        while (true)
        {
            bool told = leave.WaitHandle.WaitOne(Pause);
            if (store.Read(key)?.Pending?.Applied != mine.Applied)
                return;
            string? why = told ? "timer-killed"
                : boot.Nanoseconds >= mine.DeadlineNanoseconds ? "not-confirmed"
                : HasRisen(target, mine) ? "failures-rose"
                : null;
            if (why is null)
                continue;
            using IDisposable held = store.Lock(Patience);
            // Confirmed while we waited for the lock?
            if (store.Read(key)?.Pending?.Applied == mine.Applied)
                new Tuner(proc, store, boot).UndoPending(target, why);
            return;
        }
    }

    private bool HasRisen(Target target, Layer layer) => HasRisen(layer.Baseline, FailureCount.Read(proc, target).Since(layer.Began));

    /// <summary>Whether failures rose beyond what chance explains; without attempts before there is nothing to compare with.</summary>
    internal static bool HasRisen(FailureCount before, FailureCount after) =>
        after.Failures >= FewestFailures && before.Attempts > 0 && after.Attempts > 0
        && RateComparison.Of(Math.Max(before.Failures, 0), before.Attempts, after.Failures, after.Attempts, Sure).Verdict == RateVerdict.Worse;
}
