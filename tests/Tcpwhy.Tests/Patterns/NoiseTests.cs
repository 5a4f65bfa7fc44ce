using Tcpwhy.Patterns;
using Xunit;

namespace Tcpwhy.Tests.Patterns;

public class NoiseTests(ITestOutputHelper output)
{
    private static readonly string[] peers = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"];

    [Fact]
    public void Of_a_thousand_windows_of_noise_at_most_five_in_a_hundred_show_a_pattern_to_any_detector()
    {
        Synthetic chance = new(20260302);
        (string Kind, Func<int, double[]> Make)[] kinds =
        [
            ("white", count => chance.Noise(count)),
            ("red (AR(1), 0.5)", count => chance.Noise(count, 0.5)),
            ("Poisson counts", count => chance.Counts(count, 3)),
            ("heavy tails (t, 3)", chance.HeavyTails),
        ];
        int all = 0;
        foreach ((string kind, Func<int, double[]> make) in kinds)
        {
            int alarms = 0;
            for (int i = 0; i < 250; i++)
            {
                double[] values = make(i % 2 == 0 ? 60 : 100);
                alarms += PatternFinder.Find([Synthetic.Of(values)], Unrelated(values, make, chance)).Any(pattern => pattern is not Normal) ? 1 : 0;
            }
            output.WriteLine($"{kind}: {alarms} of 250");
            Assert.True(alarms <= 20, $"{kind}: {alarms} of 250");
            all += alarms;
        }
        Assert.True(all <= 50, $"{all} of 1,000");
    }

    [Fact]
    public void Failures_that_go_along_with_nothing_are_said_to_in_at_most_five_of_a_hundred_windows()
    {
        Synthetic chance = new(7);
        int alarms = 0;
        for (int i = 0; i < 500; i++)
        {
            double[] values = chance.Noise(100, 0.5);
            alarms += FailurePatterns.Of(Unrelated(values, count => chance.Noise(count, 0.5), chance), 0.05).Count > 0 ? 1 : 0;
        }
        output.WriteLine($"{alarms} of 500");
        Assert.True(alarms <= 25, $"{alarms} of 500");
    }

    /// <summary>Failures whose rate is noise of the same kind, beside a load, restarts and peers that have nothing to do with them.</summary>
    private static Failures Unrelated(double[] load, Func<int, double[]> make, Synthetic chance)
    {
        double[] counts = [.. make(load.Length).Select(value => (double)chance.Count(Math.Clamp(value, 0.2, 5)))];
        return new Failures
        {
            Name = "failures",
            Start = Synthetic.Start,
            End = Synthetic.Start + (load.Length * Synthetic.Step),
            Each = Synthetic.Failures(counts, _ => peers[chance.Below(peers.Length)]),
            Loads = [Synthetic.Of(load)],
            Restarts = [new Restart(Synthetic.Start + (chance.Below(load.Length) * Synthetic.Step), "java"), new Restart(Synthetic.Start + (chance.Below(load.Length) * Synthetic.Step), "java")],
            Connections = peers.ToDictionary(peer => peer, _ => 1_000L),
        };
    }
}
