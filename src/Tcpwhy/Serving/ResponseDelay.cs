namespace Tcpwhy.Serving;

/// <summary>A pause of known distribution, the ground truth of a latency measurement.</summary>
public sealed class ResponseDelay
{
    private readonly Func<double> _drawTicks;

    private ResponseDelay(string text, TimeSpan mean, Func<double> drawTicks)
    {
        (Text, Mean) = (text, mean);
        _drawTicks = drawTicks;
    }

    /// <summary>As it was written: 5ms, exponential:10ms, uniform:1ms-9ms.</summary>
    public string Text { get; }
    public TimeSpan Mean { get; }

    public static ResponseDelay Fixed(string text, TimeSpan time) => new(text, time, () => time.Ticks);

    /// <summary>Quantile q is mean × −ln(1 − q).</summary>
    public static ResponseDelay Exponential(string text, TimeSpan mean) =>
        new(text, mean, () => mean.Ticks * -Math.Log(1 - Random.Shared.NextDouble()));

    public static ResponseDelay Uniform(string text, TimeSpan least, TimeSpan most) =>
        new(text, (least + most) / 2, () => least.Ticks + ((most - least).Ticks * Random.Shared.NextDouble()));

    /// <summary>The next pause.</summary>
    public TimeSpan Next() => TimeSpan.FromTicks((long)_drawTicks());
}
