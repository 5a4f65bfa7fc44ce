using System.Diagnostics;
using Tcpwhy.Attempts;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Probing;

/// <summary>Reuses kept connections just before, around and after the moment when the service closes them, and says what is lost.</summary>
/// <param name="limit">How long the service keeps an idle connection.</param>
/// <param name="spread">How far its closes lie apart.</param>
public sealed class ReuseTrial(IdleTarget target, TimeSpan limit, TimeSpan spread, TimeProvider time)
{
    private const int Before = 8;
    private const int Around = 40;
    private const int After = 8;

    // Each round narrows the window in which close and request can cross; after a long wait one has to do.
    private const int Rounds = 3;
    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan NarrowestWindow = TimeSpan.FromMilliseconds(0.2);
    private static readonly TimeSpan SpinFor = TimeSpan.FromMilliseconds(1.5);

    private readonly List<(ReusePair Pair, ReuseFate Fate)> _ended = [];

    /// <summary>Is told before each round: its number from 1, and how many there are.</summary>
    public Action<int, int>? OnRound { get; init; }

    /// <summary>Tries until enough is seen or <paramref name="stop"/>, judging what is lost.</summary>
    /// <exception cref="ToolException">The target cannot be reached any more, or keeps no connection.</exception>
    public ReuseAnswer Run(CancellationToken stop)
    {
        using AttemptJudge judge = AttemptJudge.Start([target.Remote], target.Plan.WatchKernel);
        int rounds = limit < LongWait ? Rounds : 1;
        TimeSpan from = limit - Margin, to = limit + Margin;
        bool interrupted = false;
        try
        {
            for (int round = 1; round <= rounds; round++)
            {
                OnRound?.Invoke(round, rounds);
                Try(from, to, judge, stop);
                (from, to) = Narrowed(from, to);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            interrupted = true;
        }
        catch (Exception error) when (IdleTarget.IsFailure(error))
        {
            throw new ToolException($"{target.Remote}: {Sentence.Of(error.GetBaseException())}", ExitCode.Unreachable);
        }
        AttemptVerdicts verdicts = judge.Finish();
        return new ReuseAnswer
        {
            Timeout = limit,
            Groups = [.. _ended.GroupBy(one => one.Pair.When).OrderBy(group => group.Key).Select(Sum)],
            ByCause = verdicts.ByCause,
            Findings = verdicts.Findings,
            Interrupted = interrupted,
        };
    }

    // How far from the limit the close and a request can still cross, on a path of a usual length.
    private TimeSpan Margin => TimeSpan.FromMilliseconds(Math.Max(10, Math.Min(spread.TotalMilliseconds, limit.TotalMilliseconds / 4)));

    private void Try(TimeSpan from, TimeSpan to, AttemptJudge judge, CancellationToken stop)
    {
        TimeSpan clear = IdleAdvice.For(new IdleLimit(limit, spread, IdleEnd.Fin, 1, null)).PoolIdle;
        TimeSpan late = limit + Margin + TimeSpan.FromMilliseconds(200);
        List<ReusePair> pairs = [];
        try
        {
            foreach ((ReuseWhen When, TimeSpan Idle)[] group in Plans(clear, from, to, late).Chunk(8))
            {
                Task<ReusePair>[] opening = [.. group.Select(one => ReusePair.OpenAsync(target, one.When, one.Idle, stop))];
                Task.WhenAny(Task.WhenAll(opening)).GetAwaiter().GetResult();
                pairs.AddRange(opening.Where(one => one.IsCompletedSuccessfully).Select(one => one.Result));
                if (opening.FirstOrDefault(one => !one.IsCompletedSuccessfully) is { } failed)
                    failed.GetAwaiter().GetResult();
            }
            List<(ReusePair, Task<ReuseFate>)> sent = [];
            foreach (ReusePair pair in pairs.OrderBy(pair => pair.Due))
            {
                Await(pair.Due, stop);
                pair.Send();
                sent.Add((pair, pair.FateAsync(time.GetUtcNow(), stop)));
            }
            foreach ((ReusePair pair, Task<ReuseFate> fate) in sent)
            {
                _ended.Add((pair, fate.GetAwaiter().GetResult()));
                if (pair.Failure is { } failure)
                    judge.Observe(failure);
            }
        }
        finally
        {
            foreach (ReusePair pair in pairs)
                pair.Dispose();
        }
    }

    private static IEnumerable<(ReuseWhen When, TimeSpan Idle)> Plans(TimeSpan clear, TimeSpan from, TimeSpan to, TimeSpan late)
    {
        for (int i = 0; i < Before; i++)
            yield return (ReuseWhen.Before, clear);
        for (int i = 0; i < Around; i++)
            yield return (ReuseWhen.Around, from + ((to - from) * i / (Around - 1)));
        for (int i = 0; i < After; i++)
            yield return (ReuseWhen.After, late);
    }

    // A timer wakes up to a millisecond late, which is more than a close and a request need to cross on a short path.
    private static void Await(long due, CancellationToken stop)
    {
        TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        if (left > SpinFor && stop.WaitHandle.WaitOne(left - SpinFor))
            stop.ThrowIfCancellationRequested();
        while (Stopwatch.GetTimestamp() < due)
            Thread.SpinWait(20);
    }

    // Between the longest idle time that was answered and the shortest whose close was noticed lies the crossing.
    private (TimeSpan From, TimeSpan To) Narrowed(TimeSpan from, TimeSpan to)
    {
        var around = _ended.Where(one => one.Pair.When == ReuseWhen.Around).ToLookup(one => one.Fate, one => one.Pair.Idle);
        TimeSpan low = around[ReuseFate.Answered].DefaultIfEmpty(from).Max(), high = around[ReuseFate.Noticed].DefaultIfEmpty(to).Min();
        if (low > high)
            (low, high) = (high, low);
        TimeSpan widen = NarrowestWindow - (high - low);
        return widen > TimeSpan.Zero ? (low - (widen / 2), high + (widen / 2)) : (low, high);
    }

    private static ReuseGroup Sum(IGrouping<ReuseWhen, (ReusePair Pair, ReuseFate Fate)> group)
    {
        int Count(ReuseFate fate) => group.Count(one => one.Fate == fate);
        return new ReuseGroup(group.Key, group.Min(one => one.Pair.Idle), group.Max(one => one.Pair.Idle), group.Count(),
            Count(ReuseFate.Answered), Count(ReuseFate.Noticed), Count(ReuseFate.Closed), Count(ReuseFate.Reset), Count(ReuseFate.Silent));
    }
}
