using System.Globalization;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Tcpwhy.Model;
using Tcpwhy.Watching;

namespace Tcpwhy.History;

/// <summary>The only writer of a history file: takes in from any thread without waiting, and stores on a thread of its own. When the disk fails it says so once, goes on trying, and says once what was missed.</summary>
public sealed class HistoryWriter : IDisposable
{
    /// <summary>Two seconds of a burst of 10,000 failures a second; more is counted, not kept.</summary>
    private const int MostWaiting = 20_000;
    private const int MostTicks = 1_000;
    private const int Batch = 4_096;

    /// <summary>Normal life may be most of what ends: of that, so many single connections are kept between two ticks.</summary>
    private const int MostNormal = 200;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PruneInterval = TimeSpan.FromSeconds(10);

    private readonly Channel<Finding> _failures = Channel.CreateBounded<Finding>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly Channel<(Tick Tick, long Unkept)> _ticks = Channel.CreateBounded<(Tick, long)>(new BoundedChannelOptions(MostTicks) { SingleReader = true });
    private readonly SemaphoreSlim _something = new(0, 1);
    private readonly ManualResetEventSlim _ending = new();
    private readonly Lock _writing = new();
    private readonly string _path;
    private readonly FileStream _lock;
    private readonly HistoryLimits _limits;
    private readonly Action<string, object[]> _say;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private Store? _store;
    private Started? _started;
    private int _normal;
    private long _unkept;
    private long _missedFailures;
    private long _missedTicks;
    private bool _troubled;
    private bool _hopeless;
    private long _failedAt;
    private long _prunedAt;

    internal HistoryWriter(string path, FileStream locked, Store store, HistoryLimits limits, Action<string, object[]> say, TimeProvider time)
    {
        (_path, _lock, _store, _limits, _say, _time) = (path, locked, store, limits, say, time);
        // What grew too large or old while nobody wrote goes first.
        _prunedAt = time.GetTimestamp() - (2 * PruneInterval.Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond);
        _thread = new Thread(Work) { Name = "history", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Whether what is taken in is being stored.</summary>
    public bool IsRecording => !Volatile.Read(ref _troubled);

    /// <summary>Notes who watches from now on.</summary>
    public void Begin(Started started)
    {
        lock (_writing)
        {
            _started = started;
            Try(() => _store!.Begin(started), 0, 0);
        }
    }

    /// <summary>Takes in the verdict of one connection; never waits.</summary>
    public void Keep(Finding alone)
    {
        if (alone.Severity == Severity.Info && Interlocked.Increment(ref _normal) > MostNormal)
            return;
        if (_failures.Writer.TryWrite(alone))
            Wake();
        else
            Interlocked.Increment(ref _unkept);
    }

    /// <summary>Takes in the end of an interval; never waits.</summary>
    public void Keep(Tick tick)
    {
        Volatile.Write(ref _normal, 0);
        if (_ticks.Writer.TryWrite((tick, Interlocked.Exchange(ref _unkept, 0))))
            Wake();
        else
            Interlocked.Increment(ref _missedTicks);
    }

    /// <summary>Returns when all that was taken in before is stored, or could not be.</summary>
    public void Flush()
    {
        lock (_writing)
        {
            while (StoreSome() > 0)
            {
            }
        }
    }

    /// <summary>Stores what is left and closes the file.</summary>
    public void Dispose()
    {
        if (_ending.IsSet)
            return;
        _ending.Set();
        Wake();
        _thread.Join();
        Flush();
        Close();
        _lock.Dispose();
        _something.Dispose();
        _ending.Dispose();
    }

    private void Wake()
    {
        if (_something.CurrentCount > 0)
            return;
        try
        {
            _something.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else just woke it.
        }
    }

    private void Work()
    {
        while (!_ending.IsSet)
        {
            _something.Wait();
            // A transaction costs as much as hundreds of rows: wait for company, unless there is plenty.
            if (_failures.Reader.Count < Batch / 4)
                _ending.Wait(Gather);
            lock (_writing)
            {
                while (StoreSome() >= Batch)
                {
                }
            }
        }
    }

    /// <summary>Stores the next batch and returns how much was in it.</summary>
    private int StoreSome()
    {
        List<Finding> failures = [];
        List<(Tick, long)> ticks = [];
        while (failures.Count < Batch && _failures.Reader.TryRead(out Finding? failure))
            failures.Add(failure);
        while (ticks.Count < Batch && _ticks.Reader.TryRead(out var tick))
            ticks.Add(tick);
        if (failures.Count + ticks.Count == 0)
            return 0;
        if (Try(() => _store!.Write(failures, ticks), failures.Count, ticks.Count) && _time.GetElapsedTime(_prunedAt) >= PruneInterval)
        {
            Try(() => _store!.Prune(_limits, _time.GetUtcNow()), 0, 0);
            _prunedAt = _time.GetTimestamp();
        }
        return failures.Count + ticks.Count;
    }

    private bool Try(Action write, int failures, int ticks)
    {
        if (_hopeless || (_troubled && _time.GetElapsedTime(_failedAt) < Retry))
        {
            Miss(failures, ticks);
            return false;
        }
        try
        {
            if (_store is null)
            {
                _store = new Store(Database.ForWriting(_path));
                if (_started is not null)
                    _store.Begin(_started with { Time = _time.GetUtcNow() });
            }
            write();
            if (_troubled)
                Recover();
            return true;
        }
        catch (Exception failed) when (failed is SqliteException or ToolException or InvalidDataException)
        {
            Miss(failures, ticks);
            Trouble(failed);
            return false;
        }
    }

    private void Miss(int failures, int ticks)
    {
        _missedFailures += failures;
        Interlocked.Add(ref _missedTicks, ticks);
    }

    private void Trouble(Exception failed)
    {
        _failedAt = _time.GetTimestamp();
        string what = failed is SqliteException error ? Database.Told(_path, error).Message : failed.Message;
        // A broken file stays broken, and is its owner's to judge.
        _hopeless = failed is SqliteException broken ? Database.IsDamage(broken) : failed is InvalidDataException;
        if (!_troubled || _hopeless)
            _say(_hopeless ? "{0}; watching goes on without history" : "{0}; watching goes on, and recording when it can be written again", [what]);
        Volatile.Write(ref _troubled, true);
        Close();
    }

    private void Recover()
    {
        Volatile.Write(ref _troubled, false);
        _say("history {0} is recorded again; {1} failed connections and {2} readings were not kept",
            [_path, _missedFailures.ToString("N0", CultureInfo.InvariantCulture), Interlocked.Exchange(ref _missedTicks, 0).ToString("N0", CultureInfo.InvariantCulture)]);
        _missedFailures = 0;
    }

    private void Close()
    {
        try
        {
            _store?.Dispose();
        }
        catch (SqliteException)
        {
            // The last checkpoint found no room; the log beside the file keeps all that was committed.
        }
        _store = null;
    }
}
