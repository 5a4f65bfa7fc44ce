using Tcpwhy.Pools;
using Tcpwhy.Pools.Runtimes;
using Xunit;

namespace Tcpwhy.Tests.Pools;

/// <summary>Healthy pools of every kind, by the hundred: nothing may be said of one.</summary>
public class SilenceTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory, MemberData(nameof(Seeds))]
    public void A_healthy_pool_is_called_healthy(int seed)
    {
        var random = new Random(seed);
        foreach ((string kind, Action<Simulation> make) in Kinds(random))
        {
            var simulation = new Simulation { Seconds = random.Next(3, 12), Interval = 0.5 };
            make(simulation);
            Runtime runtime = (Runtime)random.Next(Enum.GetValues<Runtime>().Length);

            PoolJudgement found = simulation.Verdict(pool => pool with { Runtime = runtime });

            Assert.True(found.Verdict == PoolVerdict.Healthy, $"{kind}, seed {seed}, {runtime}: {found.Verdict} for {string.Join("; ", found.Evidence.Select(one => $"{one.What} {string.Join(' ', one.Values)}"))}");
        }
    }

    private static IEnumerable<(string, Action<Simulation>)> Kinds(Random random)
    {
        double Between(double low, double high) => low + random.NextDouble() * (high - low);

        yield return ("steady", one =>
        {
            int count = random.Next(1, 19);
            double period = Between(0.02, 3);
            for (int i = 0; i < count; i++)
                one.Connection(-Between(0, 100), period * Between(0.8, 1.2), period * Between(0.01, 0.5));
        });
        yield return ("idle", one => one.Connections(random.Next(1, 19), -Between(1, 200), 1000, 0.05));
        yield return ("one, always busy", one => one.Connection(-10, 0.05, 0.05));
        yield return ("recycled after a hundred requests", one =>
        {
            for (int slot = 0; slot < random.Next(2, 8); slot++)
            {
                double life = Between(2, 5);
                for (double t = -Between(0, life); t < 12; t += life)
                    one.Connection(t, life / 100, life / 300, closes: t + life);
            }
        });
        yield return ("warming up", one =>
        {
            double pace = Between(0.3, 0.9);
            for (int i = 0; i < 12; i++)
                one.Connection(i * pace, 0.15, 0.03);
        });
        yield return ("a server that restarts", one =>
        {
            double at = Between(1, 2);
            for (int i = 0; i < 15; i++)
                one.Connection(-Between(10, 60), 0.3, 0.05, closes: at, byPeer: true).Connection(at + Between(0.1, 0.5), 0.3, 0.05);
        });
        yield return ("health checks", one =>
        {
            for (double t = -1; t < 12; t += Between(0.9, 1.1))
                one.Connection(t, 100, 0.01, closes: t + 0.6);
            one.Connection(-5, 0.4, 0.05);
        });
        yield return ("a pool that shrinks of its own accord", one =>
        {
            for (int i = 0; i < 15; i++)
                one.Connection(-30, 1000, 0.05, closes: Between(0.5, 9));
            one.Connections(2, -30, 0.2, 0.03);
        });
        yield return ("slow answers with room to spare", one =>
        {
            for (int i = 0; i < 10; i++)
                one.Connection(-Between(0, 20), Between(3, 6), Between(0.5, 2));
        });
        yield return ("night: a large pool that nobody asks", one => one.Connections(50, -Between(10, 200), 10_000, 0.05));
    }
}
