namespace Tcpwhy.Tuning;

/// <summary>Two windows of diagnosis side by side: failures in all, and by cause.</summary>
/// <param name="PerAttempt">Whether failures are counted per attempt; else per second.</param>
public sealed record WindowComparison(DiagnosisFile Before, DiagnosisFile After, bool PerAttempt, RateComparison Overall, IReadOnlyList<CauseComparison> Causes)
{
    /// <param name="filtered">Whether a filter chose among the failures of a window: attempts are counted without one, so then it is failures per second.</param>
    public static WindowComparison Of(DiagnosisFile before, DiagnosisFile after, bool filtered, IReadOnlySet<string> normal)
    {
        bool perAttempt = !filtered && before.Opened + before.Failed > 0 && after.Opened + after.Failed > 0;
        double exposureBefore = perAttempt ? before.Opened + before.Failed : before.Seconds;
        double exposureAfter = perAttempt ? after.Opened + after.Failed : after.Seconds;
        var causes = new List<CauseComparison>();
        foreach (string cause in before.Troubles.Concat(after.Troubles).Select(trouble => trouble.Cause).Distinct().Where(cause => !normal.Contains(cause)))
            causes.Add(new CauseComparison(cause, RateComparison.Of(Count(before, cause), exposureBefore, Count(after, cause), exposureAfter)));
        return new WindowComparison(before, after, perAttempt, RateComparison.Of(before.Failed, exposureBefore, after.Failed, exposureAfter), causes);
    }

    private static long Count(DiagnosisFile window, string cause) => window.Troubles.Where(trouble => trouble.Cause == cause).Sum(trouble => (long)trouble.Count);
}

/// <summary>One cause in both windows.</summary>
public sealed record CauseComparison(string Cause, RateComparison Rates);
