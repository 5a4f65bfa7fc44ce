using Tcpwhy.Texts;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>A plan as <c>tcpwhy.tune/1</c>: see docs/schemas/tune.json.</summary>
internal sealed record TuneJson(string Schema, string Target, IReadOnlyList<TuneChangeJson> Changes, IReadOnlyList<LeftAloneJson> LeftAlone)
{
    public static TuneJson Of(TuningPlan plan, string target, Func<string, List<string>> overriding, Language language)
    {
        List<TuneChangeJson> changes = [];
        foreach (Change change in plan.Changes)
            changes.Add(TuneChangeJson.Of(change, overriding(change.Setting.Name), language));
        List<LeftAloneJson> left = [];
        foreach (LeftAlone one in plan.LeftAlone)
            left.Add(new LeftAloneJson(one.Setting, one.In(language)));
        return new TuneJson("tcpwhy.tune/1", target, changes, left);
    }
}

/// <summary>One setting to change.</summary>
internal sealed record TuneChangeJson(string Setting, string From, string To, string Why, IReadOnlyList<string> Evidence, string? Risk, string Scope, string? SinceKernel, IReadOnlyList<string> OverriddenBy)
{
    public static TuneChangeJson Of(Change change, List<string> overriding, Language language)
    {
        List<string> evidence = [];
        foreach (Sentence one in change.Evidence)
            evidence.Add(one.In(language));
        return new TuneChangeJson(change.Setting.Name, change.From, change.To, change.Why.In(language), evidence,
            change.Setting.Risk(language), Word(change.Setting.Scope), change.Setting.Since?.ToString(), overriding);
    }

    public static string Word(SettingScope scope) => scope == SettingScope.Host ? "host" : "namespace";
}

/// <summary>One setting that stays as it is.</summary>
internal sealed record LeftAloneJson(string Setting, string Why);
