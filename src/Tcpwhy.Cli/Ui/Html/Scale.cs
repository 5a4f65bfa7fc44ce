namespace Tcpwhy.Cli.Ui.Html;

/// <summary>An axis from 0 to a round number, in four parts.</summary>
internal readonly record struct Scale(double Top)
{
    public const int Parts = 4;
    private static readonly double[] Round = [1, 1.2, 1.6, 2, 4, 6, 8, 10];

    /// <summary>The smallest scale of round parts that holds the value; 0 to 4 of nothing.</summary>
    /// <param name="whole">Whether its parts are whole numbers, as counts want them.</param>
    public static Scale For(double most, bool whole)
    {
        if (!(most > 0) || !double.IsFinite(most))
            return new Scale(whole ? Parts : 1);
        for (double size = Math.Pow(10, Math.Floor(Math.Log10(most))); ; size *= 10)
        {
            foreach (double step in Round)
            {
                double top = step * size;
                if (top >= most && (!whole || top % Parts == 0))
                    return new Scale(top);
            }
        }
    }

    /// <summary>The values at the lines, the highest first.</summary>
    public IEnumerable<double> Lines()
    {
        for (int part = Parts; part >= 0; part--)
            yield return Top * part / Parts;
    }
}
