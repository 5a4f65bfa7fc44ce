using Tcpwhy.E2e.Diagnosis;
using Tcpwhy.Filtering;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.E2e.Truth;

/// <summary>Everything that the kernel told while something was done.</summary>
static class Observation
{
    /// <summary>The events of the time that <paramref name="act"/> took; the test is skipped, with the reason, where the kernel cannot be watched.</summary>
    public static async Task<IReadOnlyList<Event>> OfAsync(Func<Task> act)
    {
        using ISource? source = WatchedKernel.Open(out string? obstacle);
        Assert.SkipWhen(source is null, obstacle ?? "");
        List<Event> seen = [];
        using var window = new CancellationTokenSource();
        var watching = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task diagnosis = Task.Factory.StartNew(() => Pipeline.Run(source, Filter.Everything, next =>
        {
            seen.Add(next);
            if (next is Started)
                watching.TrySetResult();
        }, null, window.Token), TaskCreationOptions.LongRunning);
        await Task.WhenAny(watching.Task, diagnosis);
        try
        {
            await act();
            await Task.Delay(500);
        }
        finally
        {
            await window.CancelAsync();
            await diagnosis;
        }
        return seen;
    }
}
