using System.Net;
using Tcpwhy.Filtering;
using Tcpwhy.Model;
using Tcpwhy.Pools;

namespace Tcpwhy.Tests.Pools;

/// <summary>Connections as their schedule has them at any moment: what samples of a real host would find.</summary>
internal sealed class Simulation
{
    public const int Pid = 4312;
    public const uint Netns = 4026531840;
    public static readonly UInt128 Client = FilterSubject.BitsOf(IPAddress.Parse("10.0.3.4"));
    public static readonly UInt128 Server = FilterSubject.BitsOf(IPAddress.Parse("10.0.9.8"));
    private readonly List<Planned> _planned = [];
    private int _port = 32768;

    /// <summary>Sockets besides, as listeners, at any moment.</summary>
    public Func<double, IEnumerable<PoolSocket>> Others { get; init; } = _ => [];

    public double Seconds { get; init; } = 10;
    public double Interval { get; init; } = 0.5;

    /// <summary>A connection that is there from <paramref name="opens"/> on (negative: before the window) and asks every <paramref name="period"/> seconds, each time answered after <paramref name="delay"/>, until <paramref name="quiet"/>; it is closed at <paramref name="closes"/>, and held in CLOSE_WAIT from <paramref name="waits"/> on.</summary>
    public Simulation Connection(double opens, double period, double delay, double closes = double.MaxValue, bool byPeer = false, double quiet = double.MaxValue, double waits = double.MaxValue, int port = 8080, int pid = Pid)
    {
        _planned.Add(new Planned(_port++, opens, Math.Max(period, delay), delay, closes, byPeer, quiet, waits, port, pid));
        return this;
    }

    public Simulation Connections(int count, double opens, double period, double delay)
    {
        for (int i = 0; i < count; i++)
            Connection(opens - i * 0.37 * Math.Min(period, 1) / count, period, delay);
        return this;
    }

    public PoolObserver Observe()
    {
        var observer = new PoolObserver();
        for (double t = 0; t <= Seconds; t += Interval)
            observer.Observe(new PoolSample(TimeSpan.FromSeconds(t), [.. _planned.Select(one => one.At(t)).OfType<PoolSocket>(), .. Others(t)]));
        return observer;
    }

    public IReadOnlyList<Pool> Pools() => Observe().Conclude(_ => new PortRange(28232, false), ownersKnown: true);

    public Pool Pool() => Xunit.Assert.Single(Pools());

    public PoolJudgement Verdict(Func<Pool, Pool>? described = null) => PoolJudge.Of((described ?? (pool => pool))(Pool()))[0];

    private sealed record Planned(int LocalPort, double Opens, double Period, double Delay, double Closes, bool ByPeer, double Quiet, double Waits, int Port, int Pid)
    {
        public PoolSocket? At(double t)
        {
            if (t < Opens)
                return null;
            bool closed = t >= Closes;
            if (closed && (ByPeer || t > Closes + 60))
                return null;
            double end = Math.Min(Math.Min(t, Quiet), Math.Min(Closes, Waits));
            long sent = (long)Math.Floor(Math.Max(end - Opens, 0) / Period + 1e-9) + 1;
            double lastSent = Opens + (sent - 1) * Period;
            bool answered = lastSent + Delay <= t;
            long received = answered ? sent : sent - 1;
            double lastReceived = Opens + (received - 1) * Period + Delay;
            double heard = t >= Waits ? Waits : Math.Max(lastReceived, lastSent);
            return new PoolSocket
            {
                Ends = new ConnectionEnds(Netns, Client, LocalPort, Server, Port),
                State = closed ? TcpState.TimeWait : t >= Waits ? TcpState.CloseWait : TcpState.Established,
                Inode = closed ? 0 : (ulong)LocalPort,
                Pid = closed ? 0 : Pid,
                Chosen = true,
                BytesAcked = (ulong)sent * 100,
                BytesReceived = (ulong)received * 1000 + (t >= Waits ? 1UL : 0),
                DataSegmentsOut = (uint)sent,
                DataSegmentsIn = (uint)received,
                SinceSent = TimeSpan.FromSeconds(t - lastSent),
                SinceReceived = received == 0 ? TimeSpan.FromDays(1) : TimeSpan.FromSeconds(t - lastReceived),
                SinceHeard = TimeSpan.FromSeconds(t - heard),
            };
        }
    }
}
