using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Probing;

/// <summary>Finds how long a connection to a service may be idle, by leaving many idle at once.</summary>
/// <remarks>Who closes is seen at once and exactly, so one wait suffices. Silence shows only when a connection is used, and using it
/// starts its idle time anew: the first round uses one connection each after times that grow by a fifth, the next ones divide
/// the step that was found. So the limit is known after about twice its own time.</remarks>
public sealed class IdleSearch(IdleTarget target, TimeSpan longest)
{
    private const int Watched = 6;
    private const int Divisions = 24;
    private const int Refinements = 3;
    private const int Losses = 3;

    // Of the limit: finer than that, timers and round trips differ from one connection to the next.
    private const double Precision = 0.015;

    private int _opened;
    private int _failed;
    private TimeSpan _survived;
    private TimeSpan? _ended;
    private Task<ProcessInfo?>? _process;

    /// <summary>Says after each round how long connections survived so far, and since when they were dead.</summary>
    public Action<TimeSpan, TimeSpan?>? OnProgress { get; init; }

    /// <summary>Whether to find, too, after how many requests a connection is ended; that takes up to 1001 of them.</summary>
    public bool CountsRequests { get; init; } = true;

    /// <summary>Searches until the limit is found or <paramref name="stop"/>; then the answer has what is known.</summary>
    /// <exception cref="ToolException">The target cannot be reached, or what answers is not what was expected.</exception>
    public IdleAnswer Run(CancellationToken stop)
    {
        Task<RequestLimit?> requests = target.Plan.HttpPath is null || !CountsRequests ? Task.FromResult<RequestLimit?>(null) : RequestLimit.FindAsync(target, stop);
        IdleAnswer answer;
        try
        {
            answer = Search(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            answer = Known() with { Interrupted = true };
        }
        catch (Exception error) when (IdleTarget.IsFailure(error))
        {
            throw error is OperationCanceledException
                ? new ToolException($"{target.Remote} did not answer within {target.Plan.ResponseTimeout.TotalSeconds:0.#} s", ExitCode.Unreachable)
                : new ToolException($"{target.Remote}: {Sentence.Of(error)}", ExitCode.Unreachable);
        }
        RequestLimit? limit = requests.GetAwaiter().GetResult();
        return answer with
        {
            RequestsPerConnection = limit?.Ended,
            RequestsTried = limit?.Tried ?? 0,
            AnnouncedIdle = limit?.AnnouncedIdle,
            Fits = answer.Limit is { } found ? IdleFits.Of(found, answer.AfterRequest, KnownTimeouts.All, HostTimeouts.Read(new ProcFs())) : [],
            Process = _process?.GetAwaiter().GetResult(),
        };
    }

    private IdleAnswer Search(CancellationToken stop)
    {
        for (int losses = 0; ; losses++)
        {
            using IdleRound round = Hold(IdleSchedule.Spread(_survived, longest), losses == 0 ? Watched : 2, 1, stop);
            if (round.Connections[0].First is { Closes: true })
                return Known() with { ClosesAfterReply = true };
            if (ByPeer(round) is { } closed)
                return Known() with { Limit = closed };
            if (stop.IsCancellationRequested)
                return Known() with { Interrupted = true };
            if (_ended is null)
                return Known();
            if (!Reachable(stop))
                return Known() with { TargetGone = !stop.IsCancellationRequested, Interrupted = stop.IsCancellationRequested };
            if (Refine(stop) is { } answer)
                return answer;
            // All survived what one did not: its probes were lost, and it was not idle for too long.
            if (losses == Losses)
                return Known();
        }
    }

    private IdleAnswer? Refine(CancellationToken stop)
    {
        IdleLimit? limit = null;
        for (int i = 0; i < Refinements; i++)
        {
            TimeSpan before = _ended.GetValueOrDefault();
            _ended = null;
            using IdleRound round = Hold(IdleSchedule.Between(_survived, before, Divisions), 1, DeadInARow, stop);
            if (ByPeer(round) is { } closed)
                return Known() with { Limit = closed };
            if (_ended is not { } ended)
            {
                if (!stop.IsCancellationRequested)
                    return null;
                _ended = before;
                return Known() with { Interrupted = true, Limit = limit };
            }
            List<IdleConnection> dead = [.. round.EndedInUse];
            IdleEnd how = dead.Count(one => one.How == IdleEnd.Silence) * 2 >= dead.Count ? IdleEnd.Silence : IdleEnd.ResetOnUse;
            limit = new IdleLimit((_survived + ended) / 2, (ended - _survived).Duration(), how, dead.Count, null);
            if (limit.Spread < ended * Precision || stop.IsCancellationRequested)
                break;
        }
        return Known() with { Limit = limit, Interrupted = stop.IsCancellationRequested };
    }

    private const int DeadInARow = 3;

    private IdleRound Hold(IReadOnlyList<TimeSpan> uses, int watched, int deadEnough, CancellationToken stop)
    {
        IdleRound round = IdleRound.Open(target, uses, watched, stop);
        _opened += round.Connections.Count;
        _failed += round.Failed;
        _process ??= round.Connections[0].Ends() is { } ends ? Task.Run(() => PeerProcess.Find(ends.Local, ends.Remote), CancellationToken.None) : null;
        if (round.Connections[0].First is not { Closes: true })
            round.Run(uses[^1], deadEnough, stop);
        if (round.Survived > _survived)
            _survived = round.Survived;
        foreach (IdleConnection dead in round.EndedInUse)
        {
            // One that died although others lived longer was lost to something else.
            if (dead.Idle > _survived && !(dead.Idle > _ended))
                _ended = dead.Idle;
        }
        OnProgress?.Invoke(_survived, _ended);
        return round;
    }

    private static IdleLimit? ByPeer(IdleRound round)
    {
        List<IdleConnection> ended = [.. round.EndedAlone.OrderBy(one => one.Idle)];
        if (ended.Count == 0 || ended.Count <= round.Connections.Count(one => one.Fate == IdleFate.Open))
            return null;
        IdleEnd how = ended.Count(one => one.How == IdleEnd.Fin) * 2 >= ended.Count ? IdleEnd.Fin : IdleEnd.Reset;
        return new IdleLimit(ended[ended.Count / 2].Idle, ended[^1].Idle - ended[0].Idle, how, ended.Count, ended[ended.Count / 2].FarewellWords);
    }

    private bool Reachable(CancellationToken stop)
    {
        try
        {
            using IdleConnection fresh = IdleConnection.OpenAsync(target, null, stop).GetAwaiter().GetResult();
            return true;
        }
        catch (Exception error) when (IdleTarget.IsFailure(error))
        {
            return false;
        }
    }

    private IdleAnswer Known() => new()
    {
        Survived = _survived,
        Ended = _ended,
        AfterRequest = target.Plan.HttpPath is not null,
        Opened = _opened,
        Failed = _failed,
    };
}
