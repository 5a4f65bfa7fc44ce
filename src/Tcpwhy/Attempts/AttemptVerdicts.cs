using Tcpwhy.Model;

namespace Tcpwhy.Attempts;

/// <summary>Why our own attempts failed, as far as it is known.</summary>
public sealed record AttemptVerdicts
{
    private readonly Func<FailedAttempt, string> _causeOf;

    internal AttemptVerdicts(Func<FailedAttempt, string> causeOf) => _causeOf = causeOf;

    /// <summary>The most frequent first; with <see cref="Pending"/> they sum to the failures observed, exactly.</summary>
    public required IReadOnlyList<CauseCount> ByCause { get; init; }

    /// <summary>Failures that wait for what the kernel saw of them; 0 when finished.</summary>
    public required long Pending { get; init; }

    /// <summary>The same as findings, with their evidence and remedies; the one to act on first.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>The cause of one attempt that was observed; what it proves by itself when it is not judged yet, or was one too many to be judged by itself.</summary>
    public string CauseOf(FailedAttempt failed) => _causeOf(failed);
}
