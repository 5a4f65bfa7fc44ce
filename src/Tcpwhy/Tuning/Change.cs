using Tcpwhy.Texts;

namespace Tcpwhy.Tuning;

/// <summary>One setting to change, and what speaks for it.</summary>
/// <param name="From">The value now, with single spaces.</param>
/// <param name="Why">What it is expected to do.</param>
/// <param name="Evidence">What was seen or measured.</param>
public sealed record Change(Setting Setting, string From, string To, Sentence Why, IReadOnlyList<Sentence> Evidence);

/// <summary>A setting that is not changed although somebody may expect it, and why; without a reason of the moment it is the one in settings.txt.</summary>
public sealed record LeftAlone(string Setting, Sentence? Why)
{
    /// <summary>The reason in the reader's language.</summary>
    public string In(Texts.Language language) => Why?.In(language) ?? Settings.Find(Setting)?.Note(language) ?? "";
}

/// <summary>What to change and what to leave.</summary>
public sealed record TuningPlan(IReadOnlyList<Change> Changes, IReadOnlyList<LeftAlone> LeftAlone);
