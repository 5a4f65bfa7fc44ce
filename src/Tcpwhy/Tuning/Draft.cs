using Tcpwhy.Texts;

namespace Tcpwhy.Tuning;

/// <summary>A plan while advice gathers in it: each setting is changed once, by the first that asks for it; what cannot be changed says why.</summary>
internal sealed class Draft(Situation situation)
{
    private readonly List<Change> _changes = [];
    private readonly List<LeftAlone> _left = [];

    public Situation Situation => situation;

    /// <summary>Asks for a value. Nothing happens when it is set already; another advice's value stays, and gains this evidence.</summary>
    public void Propose(string name, string to, Sentence why, params IReadOnlyList<Sentence> evidence)
    {
        Setting setting = Settings.Require(name);
        int known = _changes.FindIndex(change => change.Setting == setting);
        if (known >= 0)
        {
            _changes[known] = _changes[known] with { Evidence = [.. _changes[known].Evidence, .. evidence.Except(_changes[known].Evidence)] };
            return;
        }
        if (setting.Since is { } since && situation.Kernel < since)
            Leave(name, new Sentence("needs Linux {0}", since.ToString()));
        else if (!situation.Values.TryGetValue(name, out string? from))
            Leave(name, new Sentence("this kernel does not have it here"));
        else if (setting.Scope == SettingScope.Host && !situation.IsHost)
            Leave(name, new Sentence("belongs to the whole host: tune it there, without --netns"));
        else if (setting.Shape.Check(name, to) is var value && value != from)
            _changes.Add(new Change(setting, from, value, why, evidence));
    }

    /// <summary>Says why a setting stays as it is, unless it is changed after all.</summary>
    public void Leave(string name, Sentence why)
    {
        if (!_left.Exists(left => left.Setting == name && left.Why == why))
            _left.Add(new LeftAlone(name, why));
    }

    public TuningPlan Finish()
    {
        foreach (Setting setting in Settings.All)
        {
            if (HasFolklore(setting) && !_left.Exists(left => left.Setting == setting.Name))
                _left.Add(new LeftAlone(setting.Name, null));
        }
        _left.RemoveAll(left => _changes.Exists(change => change.Setting.Name == left.Setting));
        return new TuningPlan(_changes, _left);
    }

    private bool HasFolklore(Setting setting) =>
        setting.Note(Texts.Language.English) is not null
        // Without SYN cookies the kernel does ask for this one.
        && (setting.Name != "net.ipv4.tcp_max_syn_backlog" || situation.Number("net.ipv4.tcp_syncookies") != 0);
}
