namespace Tcpwhy.Balancers;

/// <summary>A sentence with places {0}, {1} … and what stands there; it is translated when shown.</summary>
public sealed record Phrase(string Text, params IReadOnlyList<string> Values)
{
    /// <summary>In English.</summary>
    public override string ToString() => string.Format(Text, [.. Values]);
}
