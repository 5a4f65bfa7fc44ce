
namespace Tcpwhy.Alerting.Delivery;

/// <summary>The queues of all receivers, and what fires, kept in one file by a thread of its own: who posts never waits for a disk. A notice is handed out when it is stored, so that none is told that a restart would not know of.</summary>
internal sealed class Outbox : IDisposable
{
    /// <summary>Most notices that wait for one receiver.</summary>
    public const int Most = 1_000;
    private const int MostRecent = 50;

    private readonly Lock _gate = new();
    private readonly string? _path;
    private readonly IReadOnlyList<ReceiverPlan> _receivers;
    private readonly Action<string, object[]> _say;
    private readonly string _series;
    private readonly Dictionary<string, List<AlertNotice>> _queues = new(StringComparer.Ordinal);
    private readonly AutoResetEvent _dirty = new(false);
    private readonly Thread? _writer;
    private IReadOnlyList<Alert> _firing;
    private List<AlertChange> _recent;
    private TaskCompletionSource _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _next;
    private long _storedBelow;
    private bool _storing = true;
    private volatile bool _closing;

    /// <param name="path">Where it is kept; null keeps it in memory alone.</param>
    /// <param name="kept">What the file held.</param>
    /// <param name="say">Takes what a person has to know: a phrase and its values.</param>
    public Outbox(string? path, KeptAlerts kept, IReadOnlyList<ReceiverPlan> receivers, Action<string, object[]> say)
    {
        (_path, _receivers, _say, _series, _next, _firing, _recent) = (path, receivers, say, kept.Series, kept.Next, kept.Firing, [.. kept.Recent]);
        foreach (ReceiverPlan receiver in receivers)
            _queues[receiver.Name] = kept.Queues.TryGetValue(receiver.Name, out var queue) ? [.. queue] : [];
        foreach ((string name, IReadOnlyList<AlertNotice> queue) in kept.Queues)
        {
            if (queue.Count > 0 && !_queues.ContainsKey(name))
                say("{0} alerts that receiver '{1}' was not told yet are dropped: it is no longer configured", [queue.Count, name]);
        }
        _storedBelow = _next;
        if (path is null)
            return;
        _writer = new Thread(Write) { Name = "alerts", IsBackground = true };
        _writer.Start();
    }

    /// <summary>The last changes, the latest last.</summary>
    public IReadOnlyList<AlertChange> Recent
    {
        get
        {
            lock (_gate)
                return [.. _recent];
        }
    }

    /// <summary>Takes in what a reading changed, and what fires after it.</summary>
    public void Post(IReadOnlyList<AlertChange> changes, IReadOnlyList<Alert> firing)
    {
        lock (_gate)
        {
            _firing = firing;
            foreach (AlertChange change in changes)
            {
                long serial = _next++;
                _recent.Add(change);
                foreach (ReceiverPlan receiver in _receivers)
                {
                    if (receiver.Concerned(change) is { } concerned)
                        Enqueue(receiver, new AlertNotice($"{_series}-{serial}", serial, concerned));
                }
            }
            if (_recent.Count > MostRecent)
                _recent.RemoveRange(0, _recent.Count - MostRecent);
            if (_path is null)
                Stored(_next);
        }
        if (changes.Count > 0)
            _dirty.Set();
    }

    /// <summary>The first notices for a receiver that are stored, and what of that which fires concerns it.</summary>
    /// <param name="changed">Ends when there may be more.</param>
    public (IReadOnlyList<AlertNotice> Notices, IReadOnlyList<Alert> Firing) Head(ReceiverPlan receiver, int most, out Task changed)
    {
        lock (_gate)
        {
            changed = _stored.Task;
            return ([.. _queues[receiver.Name].TakeWhile(notice => notice.Serial < _storedBelow).Take(most)], [.. _firing.Where(alert => alert.Severity >= receiver.Least)]);
        }
    }

    /// <summary>Whether anything waits for a receiver.</summary>
    public bool IsEmpty(ReceiverPlan receiver)
    {
        lock (_gate)
            return _queues[receiver.Name].Count == 0;
    }

    /// <summary>Forgets what a receiver was told, or refused.</summary>
    public void Done(ReceiverPlan receiver, IReadOnlyList<AlertNotice> notices)
    {
        lock (_gate)
        {
            HashSet<long> done = [.. notices.Select(notice => notice.Serial)];
            _queues[receiver.Name].RemoveAll(notice => done.Contains(notice.Serial));
        }
        _dirty.Set();
    }

    /// <summary>Stores what is not stored yet.</summary>
    public void Dispose()
    {
        _closing = true;
        _dirty.Set();
        _writer?.Join();
        _dirty.Dispose();
    }

    private void Enqueue(ReceiverPlan receiver, AlertNotice notice)
    {
        List<AlertNotice> queue = _queues[receiver.Name];
        // Who is behind need not be reminded of what he was not told yet.
        if (notice.Change.Kind == AlertChangeKind.Repeated && queue.Exists(other => other.Change.Alert.Key == notice.Change.Alert.Key))
            return;
        queue.Add(notice);
        if (queue.Count <= Most)
            return;
        int gone = queue.FindIndex(old => old.Change.Kind is not (AlertChangeKind.Fired or AlertChangeKind.Resolved));
        gone = Math.Max(gone, 0);
        _say("receiver '{0}' is behind by {1} alerts: the oldest is dropped ({2})", [receiver.Name, Most, queue[gone].Change.Alert.Rule]);
        queue.RemoveAt(gone);
    }

    private void Write()
    {
        for (bool last = false; !last;)
        {
            _dirty.WaitOne();
            last = _closing;
            KeptAlerts kept;
            lock (_gate)
            {
                kept = new KeptAlerts
                {
                    Series = _series,
                    Next = _next,
                    Firing = _firing,
                    Recent = [.. _recent],
                    Queues = _queues.ToDictionary(one => one.Key, one => (IReadOnlyList<AlertNotice>)[.. one.Value], StringComparer.Ordinal),
                };
            }
            try
            {
                kept.Write(_path!);
                _storing = true;
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or Kernel.KernelException)
            {
                // They are delivered all the same, but a restart would tell them again.
                if (_storing)
                    _say("alerts cannot be kept across a restart: {0}", [failed.Message]);
                _storing = false;
            }
            lock (_gate)
                Stored(kept.Next);
        }
    }

    private void Stored(long below)
    {
        _storedBelow = below;
        TaskCompletionSource stored = _stored;
        _stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stored.SetResult();
    }
}
