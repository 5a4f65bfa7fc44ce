using Tcpwhy.Texts;

namespace Tcpwhy.Tuning.Advice;

/// <summary>How advice words what was seen.</summary>
internal static class Seen
{
    public static Sentence Of(Trouble trouble) =>
        new(trouble.Count == 1 ? "finding {1}: {0} connection" : "finding {1}: {0} connections", trouble.Count.ToString("N0"), trouble.Cause);

    public static Sentence Of(Gauge gauge) => gauge.Subject.Length == 0
        ? new("measured: {0} of {1} in use", gauge.Used.ToString("N0"), gauge.Limit.ToString("N0"))
        : new("measured: {0} of {1} in use, {2}", gauge.Used.ToString("N0"), gauge.Limit.ToString("N0"), gauge.Subject);

    /// <summary>Findings that ask for a setting, and that this namespace can act on.</summary>
    public static List<Trouble> Asking(Situation situation, string setting)
    {
        List<Trouble> found = [];
        foreach (Trouble trouble in situation.Troubles)
        {
            if (Settings.Require(setting).Causes.Contains(trouble.Cause) && IsHere(situation, trouble))
                found.Add(trouble);
        }
        return found;
    }

    /// <summary>Whether the process at fault lives in the namespace that is tuned, or may do.</summary>
    public static bool IsHere(Situation situation, Trouble trouble) => trouble.Netns == 0 || trouble.Netns == situation.Netns;
}
