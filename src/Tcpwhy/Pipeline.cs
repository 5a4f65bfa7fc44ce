using System.Threading.Channels;
using Tcpwhy.Diagnosis;
using Tcpwhy.Filtering;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy;

/// <summary>The flow on one page: a source hands events to one bounded queue, diagnosis turns them into findings, the answer sums up.</summary>
public static class Pipeline
{
    /// <summary>Runs a source to its end, or until <paramref name="stop"/>, and returns the answer for the connections that <paramref name="filter"/> takes. <paramref name="onEvent"/> sees every event before it is judged, <paramref name="onFinding"/> every finding as soon as it is settled, again as it grows, and at last with its final count.</summary>
    public static Answer Run(ISource source, Filter filter, Action<Event>? onEvent, Action<Finding>? onFinding, CancellationToken stop) =>
        Run(source, filter, onEvent, onFinding, null, stop);

    /// <inheritdoc cref="Run(ISource, Filter, Action{Event}, Action{Finding}, CancellationToken)"/>
    /// <param name="onVerdict">Sees the verdict of every single connection.</param>
    internal static Answer Run(ISource source, Filter filter, Action<Event>? onEvent, Action<Finding>? onFinding, Action<Verdict>? onVerdict, CancellationToken stop)
    {
        // Full means that diagnosis is behind: the source waits, its ring in the kernel fills, and what does not fit
        // there is counted as lost by the kernel side. A queue that dropped would lose twice.
        var queue = Channel.CreateBounded<Event>(new BoundedChannelOptions(65_536) { SingleReader = true, SingleWriter = true });
        using var abandoned = new CancellationTokenSource();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, abandoned.Token);
        var thread = new Thread(() => Feed(source, queue.Writer, ending.Token, abandoned.Token)) { Name = "source", IsBackground = true };
        thread.Start();

        var diagnoser = new Diagnoser(filter, onVerdict);
        try
        {
            while (queue.Reader.WaitToReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult())
            {
                while (queue.Reader.TryRead(out Event? next))
                {
                    onEvent?.Invoke(next);
                    foreach (Finding finding in diagnoser.Observe(next))
                        onFinding?.Invoke(finding);
                }
            }
        }
        finally
        {
            abandoned.Cancel();
            thread.Join();
        }
        if (source is RecordingSource recording)
        {
            foreach (string note in recording.Notes)
                diagnoser.Note(note);
        }
        foreach (Finding finding in diagnoser.Finish())
            onFinding?.Invoke(finding);
        return diagnoser.Conclude();
    }

    private static void Feed(ISource source, ChannelWriter<Event> queue, CancellationToken stop, CancellationToken abandoned)
    {
        Exception? failure = null;
        try
        {
            source.Run(next =>
            {
                if (!queue.TryWrite(next))
                    queue.WriteAsync(next, abandoned).AsTask().GetAwaiter().GetResult();
            }, stop);
        }
#pragma warning disable CA1031 // it is rethrown where the queue is read
        catch (Exception error)
#pragma warning restore CA1031
        {
            failure = error;
        }
        queue.Complete(failure);
    }
}
