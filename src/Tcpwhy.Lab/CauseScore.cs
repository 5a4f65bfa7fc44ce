using Tcpwhy.Model;

namespace Tcpwhy.Lab;

/// <summary>How the diagnosis did with one fault.</summary>
/// <param name="Cause">The cause that was made.</param>
/// <param name="Tried">What was said of each variation.</param>
public sealed record CauseScore(string Cause, IReadOnlyList<(string Variation, Trial Trial)> Tried)
{
    /// <summary>Variations that were really made.</summary>
    public int Made => Tried.Count(tried => tried.Trial.Obstacle is null);

    /// <summary>Variations whose first finding names the cause.</summary>
    public int Named => Tried.Count(tried => tried.Trial.IsNamed);

    /// <summary>Variations of which it was named and each broken connection counted once.</summary>
    public int Exact => Tried.Count(tried => tried.Trial.IsNamed && tried.Trial.Counted == tried.Trial.Made!.Count);

    /// <summary>What else was called trouble, and in how many variations.</summary>
    public IReadOnlyDictionary<string, int> Confusions { get; } = new SortedDictionary<string, int>(
        Tried.SelectMany(tried => Wrong(tried.Trial).Distinct()).GroupBy(cause => cause).ToDictionary(group => group.Key, group => group.Count()), StringComparer.Ordinal);

    // Normal life beside a fault is no alarm; named in its place it is a confusion.
    private static IEnumerable<string> Wrong(Trial trial) => trial.Findings
        .Where((finding, rank) => finding.Cause != trial.Fault.Cause && (finding.Severity > Severity.Info || rank == 0) && !trial.IsBeside(finding))
        .Select(finding => finding.Cause);
}
