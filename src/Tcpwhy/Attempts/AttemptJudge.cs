using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Tcpwhy.Diagnosis;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Attempts;

/// <summary>Says why our own attempts failed: by what the kernel saw of each, where we may watch it, else by what each attempt met itself.</summary>
public sealed class AttemptJudge : IDisposable
{
    private const int MostQueued = 16_384, MostClasses = 1_024;

    /// <summary>After this much of the kernel's time nothing more will come of a failure: what is asked about it is answered, and we may have closed after we told of it.</summary>
    private static readonly TimeSpan Patience = Cases.Answer + TimeSpan.FromMilliseconds(200);

    /// <summary>Errors of connect that follow a SYN: ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH.</summary>
    private static readonly int[] OfTheNetwork = [Errno.ECONNREFUSED, Errno.ETIMEDOUT, 113, 101];

    private readonly Lock _gate = new();
    private readonly Channel<FailedAttempt> _inbox = Channel.CreateBounded<FailedAttempt>(new BoundedChannelOptions(MostQueued) { SingleReader = true });
    private readonly ConcurrentDictionary<AttemptClass, StrongBox<long>> _beyond = [];
    private readonly ConditionalWeakTable<FailedAttempt, string> _causes = [];
    private readonly Dictionary<string, long> _counts = [];
    private readonly Findings _seen = new(), _told = new();
    private readonly Matches _matches = new();
    private readonly OwnEvidence _own;
    private readonly TimeProvider _time;
    private readonly KernelWatch? _kernel;
    private readonly Task _work;
    private long _observed;
    private long _judged;

    private AttemptJudge(IReadOnlyCollection<Endpoint> targets, Func<ISource>? open, TimeProvider time)
    {
        _time = time;
        _own = new OwnEvidence(new OwnNamespace(new ProcFs(), time));
        if (open is not null)
            _kernel = KernelWatch.Start(open, targets, Claim, Advance);
        Obstacle = _kernel?.Obstacle;
        _work = Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Starts to watch the kernel beside our attempts when that is wanted and privileges allow it; from its return nothing is missed.</summary>
    public static AttemptJudge Start(IReadOnlyCollection<Endpoint> targets, bool watchKernel, TimeProvider? time = null) =>
        Start(targets, watchKernel ? () => BpfSource.Attach(new Features(new ProcFs()), new ProcFs(), time ?? TimeProvider.System) : null, time);

    internal static AttemptJudge Start(IReadOnlyCollection<Endpoint> targets, Func<ISource>? open, TimeProvider? time = null) =>
        new(targets, open, time ?? TimeProvider.System);

    /// <summary>Whether the kernel is watched; otherwise causes that only it can tell stay unknown.</summary>
    public bool WatchesKernel => _kernel is { Obstacle: null };

    /// <summary>How many failures wait for the kernel's verdict.</summary>
    internal int Waiting
    {
        get
        {
            lock (_gate)
                return _matches.Waiting;
        }
    }

    /// <summary>Why the kernel is not watched although that was wanted, in the kernel's words; null when it is, or was not wanted.</summary>
    public string? Obstacle { get; }

    /// <summary>Takes in one failure. From any thread; never blocks. Of too many at once it keeps what they have in common.</summary>
    /// <exception cref="ArgumentException">A name that did not resolve: nothing of TCP failed.</exception>
    public void Observe(FailedAttempt failed)
    {
        if (failed.Stage == AttemptStage.Resolve)
            throw new ArgumentException("a name that does not resolve has no TCP cause", nameof(failed));
        Interlocked.Increment(ref _observed);
        if (_inbox.Writer.TryWrite(failed))
            return;
        AttemptClass alike = AttemptClass.Of(failed);
        if (_beyond.Count >= MostClasses && !_beyond.ContainsKey(alike))
            alike = alike with { Remote = Endpoint.None, Local = Endpoint.None.Address };
        Interlocked.Increment(ref _beyond.GetOrAdd(alike, _ => new StrongBox<long>()).Value);
    }

    /// <summary>What is known so far.</summary>
    public AttemptVerdicts Snapshot()
    {
        lock (_gate)
            return Sum();
    }

    /// <summary>Takes in all that the kernel saw, which is waited for while failures are pending, and judges what is left.</summary>
    public AttemptVerdicts Finish()
    {
        _inbox.Writer.TryComplete();
        _work.GetAwaiter().GetResult();
        bool waiting;
        lock (_gate)
            waiting = _matches.Waiting > 0;
        _kernel?.Finish(waiting);
        lock (_gate)
        {
            JudgeOverdue(DateTimeOffset.MaxValue);
            return Sum();
        }
    }

    public void Dispose()
    {
        _inbox.Writer.TryComplete();
        _work.GetAwaiter().GetResult();
        _kernel?.Dispose();
    }

    private void Work()
    {
        while (_inbox.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_inbox.Reader.TryRead(out FailedAttempt? failed))
            {
                lock (_gate)
                    Take(failed);
            }
        }
    }

    private void Take(FailedAttempt failed)
    {
        // Of a call that failed before any segment left, its caller knows as much as the kernel.
        bool atHome = failed is { Stage: AttemptStage.Connect, Local.Port: 0, TimedOut: false } && !OfTheNetwork.Contains(failed.Errno);
        if (!WatchesKernel || atHome)
            Settle(failed, null);
        else if (_matches.Take(failed) is { } verdict)
            Settle(failed, verdict);
        else if (!_matches.Wait(failed))
            Settle(failed, null);
    }

    /// <summary>A verdict of the kernel's events, on a connection that may be ours.</summary>
    private void Claim(Verdict verdict)
    {
        lock (_gate)
        {
            if (_matches.Claim(verdict) is { } failed)
                Settle(failed, verdict);
        }
    }

    /// <summary>The kernel's events have come as far as this.</summary>
    private void Advance(DateTimeOffset time)
    {
        lock (_gate)
            JudgeOverdue(time - Patience);
    }

    private void JudgeOverdue(DateTimeOffset time)
    {
        foreach (FailedAttempt failed in _matches.Overdue(time))
            Settle(failed, null);
    }

    private void Settle(FailedAttempt failed, Verdict? seen)
    {
        if (seen is not null && IsOurDoing(failed, seen))
            seen = null;
        // Before a connection was open the kernel saw all of it; later, what had been idle and what was due only its program knows.
        Verdict verdict = seen is null || IsUnknown(seen) && failed.Stage != AttemptStage.Connect ? _own.Judge(failed) : seen;
        if (seen is not null && IsUnknown(verdict))
            verdict = seen;
        Add(verdict, ReferenceEquals(verdict, seen) ? _seen : _told);
        _causes.AddOrUpdate(failed, verdict.Cause.Id);
    }

    private void Add(Verdict verdict, Findings findings)
    {
        findings.Add(verdict);
        _counts[verdict.Cause.Id] = _counts.GetValueOrDefault(verdict.Cause.Id) + verdict.Case.Count;
        _judged += verdict.Case.Count;
    }

    private static bool IsUnknown(Verdict verdict) => Catalogue.Unknown.Contains(verdict.Cause);

    /// <summary>Whether the kernel tells how we ended the connection ourselves, after we had given it up.</summary>
    private static bool IsOurDoing(FailedAttempt failed, Verdict seen) =>
        seen.Case.Client is { Aborted: true } or { Exiting: true } || failed.TimedOut && seen.Cause.IsNormal;

    private AttemptVerdicts Sum()
    {
        foreach ((AttemptClass alike, StrongBox<long> beyond) in _beyond)
        {
            for (long count = Interlocked.Exchange(ref beyond.Value, 0); count > 0; count -= int.MaxValue)
                Add(_own.Judge(alike.Common(_time.GetUtcNow()), (int)Math.Min(count, int.MaxValue)), _told);
        }
        return new AttemptVerdicts(CauseOf)
        {
            ByCause = [.. _counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new CauseCount(entry.Key, entry.Value))],
            Pending = Math.Max(Interlocked.Read(ref _observed) - _judged, 0),
            Findings = [.. _seen.Ranked(), .. OwnEvidence.Told(_told)],
        };
    }

    private string CauseOf(FailedAttempt failed)
    {
        if (_causes.TryGetValue(failed, out string? cause))
            return cause;
        lock (_gate)
            return _own.Judge(failed).Cause.Id;
    }
}
