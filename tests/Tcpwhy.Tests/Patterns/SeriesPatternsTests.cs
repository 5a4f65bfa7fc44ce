using Tcpwhy.Patterns;
using Xunit;

namespace Tcpwhy.Tests.Patterns;

public class SeriesPatternsTests
{
    private const double Risk = 0.02;
    private const int Points = 120;

    [Theory]
    [InlineData(0, 18)]
    [InlineData(0.5, 12)]
    public void A_trend_is_found_with_its_slope(double memory, int atLeast)
    {
        int found = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            double[] values = With(new Synthetic(seed).Noise(Points, memory), i => 500 + (5.0 * i / Points));
            found += Found(values) is [Trend { PerSecond: > 0 } trend] && trend.Least < 5.0 / 600 && trend.Most > 5.0 / 600 ? 1 : 0;
        }
        Assert.InRange(found, atLeast, 20);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void A_wave_is_found_with_its_period(double memory)
    {
        int found = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            double[] values = With(new Synthetic(seed).Noise(Points, memory), i => 50 + (1.5 * Math.Sin(2 * Math.PI * i / 12)));
            found += Found(values) is [Periodic periodic] && Math.Abs(periodic.Period.TotalSeconds - 60) < 2 ? 1 : 0;
        }
        Assert.InRange(found, 18, 20);
    }

    [Fact]
    public void Bursts_have_the_period_of_their_distance_and_not_of_a_part_of_it()
    {
        int found = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            Synthetic chance = new(seed);
            double[] values = With(new double[Points], i => chance.Count(i % 12 == 5 ? 8 : 0.3));
            found += Found(values) is [Periodic { High: > 4 } periodic] && Math.Abs(periodic.Period.TotalSeconds - 60) < 2 ? 1 : 0;
        }
        Assert.InRange(found, 18, 20);
    }

    [Fact]
    public void A_shift_is_found_with_its_time_and_its_levels()
    {
        int found = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            double[] values = With(new Synthetic(seed).Noise(Points), i => i >= 70 ? 103 : 100);
            found += Found(values) is [LevelShift shift] && Math.Abs((shift.At - Synthetic.Start) / Synthetic.Step - 70) < 4
                && Math.Abs(shift.Before - 100) < 0.7 && Math.Abs(shift.After - 103) < 0.7 ? 1 : 0;
        }
        Assert.InRange(found, 17, 20);
    }

    [Fact]
    public void An_incident_is_two_shifts_there_and_back()
    {
        IReadOnlyList<Pattern> found = Found(With(new Synthetic(3).Noise(Points), i => i is >= 40 and < 80 ? 106 : 100));

        Assert.Collection(
            found,
            one => Assert.InRange(Assert.IsType<LevelShift>(one).After, 105, 107),
            other => Assert.InRange(Assert.IsType<LevelShift>(other).After, 99, 101));
    }

    [Fact]
    public void A_mixture_is_told_apart()
    {
        IReadOnlyList<Pattern> rising = Found(With(new Synthetic(1).Noise(Points), i => (6.0 * i / Points) + (2 * Math.Sin(2 * Math.PI * i / 12))));
        IReadOnlyList<Pattern> stepping = Found(With(new Synthetic(2).Noise(Points), i => (i > 60 ? 5 : 0) + (2 * Math.Sin(2 * Math.PI * i / 12))));

        Assert.Equal([typeof(Periodic), typeof(Trend)], rising.Select(pattern => pattern.GetType()));
        Assert.Equal([typeof(Periodic), typeof(LevelShift)], stepping.Select(pattern => pattern.GetType()));
    }

    [Fact]
    public void Gaps_and_uneven_spacing_hide_no_wave_and_make_none()
    {
        Synthetic chance = new(11);
        double[] noise = chance.Noise(200);
        List<SeriesPoint> wave = [], flat = [];
        for (int i = 0; i < 200; i++)
        {
            if (i is > 60 and < 90 || chance.Below(5) == 0)
                continue;
            DateTimeOffset time = Synthetic.Start + (i * Synthetic.Step) + TimeSpan.FromMilliseconds(chance.Below(2_000));
            wave.Add(new SeriesPoint(time, noise[i] + (2 * Math.Sin(2 * Math.PI * (time - Synthetic.Start).TotalSeconds / 75))));
            flat.Add(new SeriesPoint(time, noise[i]));
        }
        wave[3] = wave[3] with { Value = double.NaN };
        wave[9] = wave[9] with { Value = double.PositiveInfinity };

        Assert.InRange(Assert.IsType<Periodic>(Assert.Single(SeriesPatterns.Of(new Series("connections", wave), Risk))).Period.TotalSeconds, 74, 76);
        Assert.IsType<Normal>(Assert.Single(SeriesPatterns.Of(new Series("connections", flat), Risk)));
    }

    [Fact]
    public void A_perfect_line_is_a_trend_and_a_perfect_step_a_shift()
    {
        Trend trend = Assert.IsType<Trend>(Assert.Single(Found(With(new double[60], i => 10 + i))));
        Assert.Equal(0.2, trend.PerSecond, 6);
        Assert.True(trend.IsRapid);
        LevelShift shift = Assert.IsType<LevelShift>(Assert.Single(Found(With(new double[60], i => i < 30 ? 10 : 40))));
        Assert.Equal((10, 40), (shift.Before, shift.After));
    }

    [Fact]
    public void A_constant_is_normal_and_so_is_one_outlier_in_it()
    {
        Assert.IsType<Normal>(Assert.Single(Found(new double[Points])));
        Assert.IsType<Normal>(Assert.Single(Found(With(new double[Points], i => i == 50 ? 1_000 : 3))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(19)]
    public void Too_few_points_are_said_to_be_too_few(int count)
    {
        InsufficientData told = Assert.IsType<InsufficientData>(Assert.Single(Found(With(new double[count], i => i * i))));
        Assert.Equal((count, SeriesPatterns.FewestPoints), (told.Points, told.Needed));
    }

    [Fact]
    public void No_number_is_lost_whatever_comes_in()
    {
        Synthetic chance = new(5);
        for (int i = 0; i < 60; i++)
        {
            int count = 20 + chance.Below(60);
            double[] values = With(new double[count], k => chance.Below(8) switch { 0 => double.NaN, 1 => 1e300, 2 => -1e-300, 3 => 0, _ => chance.Below(3) });
            foreach (Pattern pattern in Found(values))
            {
                Assert.DoesNotContain("NaN", pattern.ToString(), StringComparison.Ordinal);
                Assert.DoesNotContain("∞", pattern.ToString(), StringComparison.Ordinal);
            }
        }
    }

    private static IReadOnlyList<Pattern> Found(double[] values) => SeriesPatterns.Of(Synthetic.Of(values), Risk);

    private static double[] With(double[] noise, Func<int, double> signal) => [.. noise.Select((value, i) => value + signal(i))];
}
