using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Pools;

/// <summary>Sums a pool's connections and samples up in numbers.</summary>
internal static class PoolSum
{
    private static readonly TimeSpan TimeWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstUse = TimeSpan.FromSeconds(1);

    public static Pool Of(PoolTrack track, TimeSpan window, PortRange? range)
    {
        List<PooledConnection> all = [.. track.Open, .. track.Closed];
        PoolChurn churn = Churn(track, window);
        PoolSize size = Size(track.Moments);
        long sent = all.Sum(one => one.SegmentsOut), again = all.Sum(one => one.Retransmits);
        return new Pool
        {
            Netns = track.Key.Netns,
            Pid = track.Key.Pid,
            Destination = new Endpoint(Address(track.Key.Remote), track.Key.Port),
            Window = window,
            Samples = track.Moments.Count,
            Size = size,
            Churn = churn,
            Use = Use(track, all, window, churn),
            Waiting = Waiting(track),
            Lifetimes = Spread.Of(all.Where(one => one.BornInWindow && one.ClosedAt is not null).Select(one => one.ClosedAt!.Value - one.FirstAt)
                .Concat(Enumerable.Repeat(track.LongestUnseen, (int)track.Unseen))),
            Idle = Spread.Of(track.Open.Select(one => one.Last.Idle)),
            Silent = Spread.Of(track.Open.Select(one => one.Last.SinceHeard < one.Last.Idle ? one.Last.SinceHeard : one.Last.Idle)),
            IdleWhenPeerClosed = [.. all.Select(one => one.IdleWhenPeerClosed).OfType<TimeSpan>().Order()],
            Retransmits = again,
            RetransmitShare = sent == 0 ? 0 : Math.Min((double)again / sent, 1),
            Ports = range is { } ports ? Ports(track.Moments, ports, churn, size) : null,
        };
    }

    private static PoolSize Size(List<PoolMoment> moments)
    {
        if (moments.Count == 0)
            return new PoolSize(0, 0, 0, 0, 0, false, 0);
        int peak = moments.Max(moment => moment.Size);
        int third = Math.Max(moments.Count / 3, 1);
        bool grows = moments.Count >= 4
            && moments[third].Size > moments[0].Size
            && moments[2 * third].Size > moments[third].Size
            && moments[^1].Size > moments[2 * third].Size;
        return new PoolSize(moments[^1].Size, peak, moments.Average(moment => moment.Size), moments[0].Size,
            Slope(moments, moment => moment.Size), grows, (double)moments.Count(moment => moment.Size == peak) / moments.Count);
    }

    private static PoolChurn Churn(PoolTrack track, TimeSpan window)
    {
        long seen = track.Closed.Count + track.Unseen;
        bool kernel = track.ClosedInKernel is not null;
        long closed = Math.Max(track.ClosedInKernel ?? 0, seen);
        // What opened in the window is either open or closed, and so is what was there before.
        long before = track.Open.Count(one => !one.BornInWindow) + track.Closed.Count(one => !one.BornInWindow);
        long opened = Math.Max(closed + track.Open.Count - before, 0);
        double seconds = window.TotalSeconds;
        return new PoolChurn(opened, closed, seconds > 0 ? Math.Max(opened, closed) / seconds : 0, kernel, track.MedianLifetime);
    }

    private static PoolUse Use(PoolTrack track, List<PooledConnection> all, TimeSpan window, PoolChurn churn)
    {
        List<PoolMoment> moments = track.Moments;
        long readings = moments.Sum(moment => (long)moment.Size);
        long exchanges = all.Sum(one => one.Exchanges);
        // What no sample saw had one exchange at least, and little time for more.
        long unseen = Math.Max(churn.Closed - track.Closed.Count, 0);
        double life = all.Sum(one => (double)one.Last.Exchanges) + unseen;
        double connections = all.Count + unseen;
        TimeSpan settled = window - window / 4;
        List<PooledConnection> young = [.. track.Open.Where(one => one.BornInWindow && one.FirstAt < (moments.Count > 0 ? moments[0].At : default) + settled)];
        int[] asked = [.. moments.Select(moment => moment.Asked).Order()];
        return new PoolUse(
            exchanges + unseen,
            connections == 0 ? 0 : life / connections,
            all.Count == 0 ? 0 : all.Average(one => (double)one.ActivePeriods),
            readings == 0 ? 0 : 1 - moments.Sum(moment => (double)moment.Busy) / readings,
            moments.Select(moment => moment.Busy).DefaultIfEmpty().Max(),
            readings == 0 ? 0 : moments.Sum(moment => (double)moment.Awaiting) / readings,
            track.Open.Count(one => !one.BornInWindow && one.BusyReadings == 0),
            young.Count == 0 ? 0 : (double)young.Count(one => !one.IsBusy && one.LastBusyAt - one.FirstAt <= FirstUse) / young.Count,
            asked.Length == 0 ? 0 : asked[asked.Length / 2]);
    }

    private static PoolWaiting Waiting(PoolTrack track)
    {
        List<PooledConnection> waiting = [.. track.Open.Where(one => one.Last.State == TcpState.CloseWait)];
        int growth = track.Moments.Count == 0 ? 0 : waiting.Count - track.Moments[0].CloseWait;
        return new PoolWaiting(waiting.Count, track.Open.Count == 0 ? 0 : (double)waiting.Count / track.Open.Count, growth,
            Spread.Of(waiting.Select(one => one.Last.SinceHeard)));
    }

    private static PortUse Ports(List<PoolMoment> moments, PortRange range, PoolChurn churn, PoolSize size)
    {
        int used = moments.Count == 0 ? 0 : moments[^1].Ports;
        double growth = Slope(moments, moment => moment.Ports);
        // TIME_WAIT alone levels off after a minute: what closes by then makes room for what opens.
        bool leaks = size is { GrowsThroughout: true, GrowthPerSecond: > 0 } && size.GrowthPerSecond >= growth / 2;
        double plateau = churn.PerSecond * TimeWait.TotalSeconds + size.Mean;
        bool ends = growth >= 0.1 && used >= 10 && (leaks || (!range.Reused && plateau > range.Count));
        TimeSpan? left = ends ? TimeSpan.FromSeconds(Math.Min(Math.Max(range.Count - used, 0) / growth, 1e9)) : null;
        return new PortUse(used, range.Count, left);
    }

    private static double Slope(List<PoolMoment> moments, Func<PoolMoment, double> value)
    {
        if (moments.Count < 3)
            return 0;
        double time = moments.Average(moment => moment.At.TotalSeconds), mean = moments.Average(value), above = 0, below = 0;
        foreach (PoolMoment moment in moments)
        {
            double offset = moment.At.TotalSeconds - time;
            above += offset * (value(moment) - mean);
            below += offset * offset;
        }
        return below == 0 ? 0 : above / below;
    }

    private static IPAddress Address(UInt128 bits)
    {
        byte[] bytes = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        var address = new IPAddress(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
