namespace Tcpwhy.History;

/// <summary>What a quantity was over a span of time: its least, its mean over the readings, its most.</summary>
public readonly record struct Extent(double Least, double Mean, double Most)
{
    public static Extent Of(double value) => new(value, value, value);

    /// <summary>Both spans together; each weighs as many readings as it stands for.</summary>
    public static Extent Over(Extent one, int readings, Extent other, int otherReadings) =>
        new(Math.Min(one.Least, other.Least), ((one.Mean * readings) + (other.Mean * otherReadings)) / (readings + otherReadings), Math.Max(one.Most, other.Most));
}
