namespace Tcpwhy.Model;

/// <summary>How much of something that has a limit is taken.</summary>
public sealed record Use(long Taken, long Limit)
{
    /// <summary>From here on a limit is near.</summary>
    public const double Near = 0.8;

    /// <summary>0 to 1; 0 where the limit is not known.</summary>
    public double Share => Limit > 0 ? (double)Taken / Limit : 0;

    public bool IsNear => Share >= Near;

    /// <summary>As 22,903 of 28,232.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Taken:#,##0} of {Limit:#,##0}");
}
