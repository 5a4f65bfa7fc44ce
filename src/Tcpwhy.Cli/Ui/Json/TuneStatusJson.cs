using System.Text.Json.Serialization;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>What tuning has in force as <c>tcpwhy.tune-status/1</c>: see docs/schemas/tune-status.json.</summary>
internal sealed record TuneStatusJson(string Schema, IReadOnlyList<TunedJson> Targets, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ComparisonJson? Comparison)
{
    public static TuneStatusJson Of(IReadOnlyList<Tuned> targets, WindowComparison? comparison = null)
    {
        List<TunedJson> all = [];
        foreach (Tuned tuned in targets)
            all.Add(TunedJson.Of(tuned));
        return new TuneStatusJson("tcpwhy.tune-status/1", all, comparison is null ? null : ComparisonJson.Of(comparison));
    }
}

/// <summary>One target: whether a change waits, and the settings that are ours.</summary>
internal sealed record TunedJson(string Target, string State, DateTimeOffset? ConfirmBy, bool? GuardRuns, string? File, IReadOnlyList<TunedSettingJson> Settings, UndoneJson? LastUndone)
{
    public static TunedJson Of(Tuned tuned)
    {
        List<TunedSettingJson> settings = [];
        foreach (TunedSetting one in tuned.Settings)
            settings.Add(new TunedSettingJson(one.Setting, one.Before, one.To, one.Now));
        Journal journal = tuned.Journal;
        return new TunedJson(journal.Target, tuned.State, journal.Pending?.ConfirmBy, journal.Pending is null ? null : tuned.GuardRuns, journal.File, settings,
            journal.Last is { } last ? new UndoneJson(last.Time, last.Why, last.Settings, last.Kept) : null);
    }
}

/// <summary>One setting of ours: before us, as we set it, and as it is now.</summary>
internal sealed record TunedSettingJson(string Setting, string Before, string To, string? Now);

/// <summary>What was undone last, and why.</summary>
internal sealed record UndoneJson(DateTimeOffset Time, string Why, IReadOnlyList<string> Settings, IReadOnlyList<string> Kept);
