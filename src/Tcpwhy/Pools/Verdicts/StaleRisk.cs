using System.Net;
using Tcpwhy.Model;
using Tcpwhy.Probing;

namespace Tcpwhy.Pools.Verdicts;

/// <summary>Idle connections are kept longer than the peer keeps them, or than a device on the path remembers them: the next request may meet a dead one.</summary>
internal static class StaleRisk
{
    private const int LeastClosings = 3;
    private static readonly TimeSpan LeastIdle = TimeSpan.FromSeconds(1);

    /// <summary>Devices that forget an idle connection without a word, by their default, the longest first.</summary>
    private static readonly Lazy<(TimeSpan After, string Devices)[]> Forgetful = new(() =>
    [
        .. KnownTimeouts.All.Where(one => one is { Side: TimeoutSide.Path, How: not IdleEnd.Reset, Default: not null })
            .GroupBy(one => one.Default.GetValueOrDefault(), one => one.Product)
            .OrderByDescending(devices => devices.Key)
            .Select(devices => (devices.Key, string.Join(" / ", devices.Take(2)))),
    ]);

    public static PoolJudgement? Judge(Pool pool)
    {
        var found = new Case();
        ClosedByPeer(pool, found);
        Kept(pool, found);
        bool proven = found.Confidence > 0;
        Forgotten(pool, found);
        return found.Confidence == 0 ? null : found.Close(PoolVerdict.StaleRisk, proven ? Severity.Warning : Severity.Info);
    }

    /// <summary>The peer ended idle connections, all after the same time: its idle timeout is the shorter one.</summary>
    private static void ClosedByPeer(Pool pool, Case found)
    {
        TimeSpan[] idle = [.. pool.IdleWhenPeerClosed.Where(time => time >= LeastIdle)];
        if (idle.Length < LeastClosings)
            return;
        TimeSpan median = idle[idle.Length / 2];
        TimeSpan near = TimeSpan.FromSeconds(Math.Max(0.75, median.TotalSeconds * 0.1));
        int alike = idle.Count(time => (time - median).Duration() <= near);
        if (alike < LeastClosings || alike * 3 < idle.Length * 2)
            return;
        found.For(0.7, "idle connections closed by the peer, not by the pool: {0}", alike);
        found.For(0.3, "all after {0} without data: the peer's idle timeout, and the pool's is longer", median);
    }

    private static void Kept(Pool pool, Case found)
    {
        if (pool.Waiting.Count == 0 || pool.Waiting.Growth >= LeastClosings || pool.Waiting.Age.Longest < LeastIdle)
            return;
        if (pool.IdleWhenPeerClosed.Count == 0 && pool.Waiting.Age.Longest < TimeSpan.FromSeconds(5))
            return;
        found.For(0.6, "connections that the peer has closed are still in the pool (CLOSE_WAIT): {0}, for {1}", pool.Waiting.Count, pool.Waiting.Age.Longest);
    }

    private static void Forgotten(Pool pool, Case found)
    {
        // Nothing stands between two ends on one host. And what answers keep-alives lives.
        if (IPAddress.IsLoopback(pool.Destination.Address) || pool.Silent.Count == 0)
            return;
        foreach ((TimeSpan after, string devices) in Forgetful.Value)
        {
            if (pool.Silent.Longest <= after)
                continue;
            found.For(0.5, "the longest silence is {0}; {1} forgets a connection after {2}", pool.Silent.Longest, devices, after);
            return;
        }
    }
}
