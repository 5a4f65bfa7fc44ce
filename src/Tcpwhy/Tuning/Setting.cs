using Tcpwhy.Texts;

namespace Tcpwhy.Tuning;

/// <summary>Whether a setting belongs to one network namespace, or to the whole host.</summary>
public enum SettingScope
{
    Namespace,
    Host,
}

/// <summary>A kernel setting that acts on TCP: what it does, what it may be set to, and what folklore wants of it. The data stand in settings.txt.</summary>
public sealed class Setting
{
    private readonly IReadOnlyDictionary<string, string> _fields;
    private readonly List<(Version Since, string Value)> _defaults = [];

    /// <exception cref="InvalidDataException">A field is missing or malformed.</exception>
    internal Setting(string name, IReadOnlyDictionary<string, string> fields)
    {
        (Name, _fields) = (name, fields);
        Scope = Field("scope") switch
        {
            "namespace" => SettingScope.Namespace,
            "host" => SettingScope.Host,
            var other => throw new InvalidDataException($"{name}: scope '{other}'"),
        };
        Shape = ValueShape.Parse(Field("value"));
        Since = fields.TryGetValue("since", out string? since) ? Version.Parse(since) : null;
        Until = fields.TryGetValue("until", out string? until) ? Version.Parse(until) : null;
        _ = Field("uses");
        Causes = fields.TryGetValue("causes", out string? causes) ? causes.Split(' ') : [];
        foreach (string part in Field("default").Split(','))
        {
            string[] words = part.Split(" since ");
            _defaults.Add((words.Length == 2 ? Version.Parse(words[1]) : new Version(0, 0), words[0].Trim()));
        }
    }

    /// <summary>As net.ipv4.tcp_retries2.</summary>
    public string Name { get; }
    public SettingScope Scope { get; }
    public ValueShape Shape { get; }

    /// <summary>The first kernel that has it; null when every kernel since 4.9 has.</summary>
    public Version? Since { get; }

    /// <summary>The last kernel that has it; null when it is still there.</summary>
    public Version? Until { get; }

    /// <summary>Codes of the causes whose findings ask for it.</summary>
    public IReadOnlyList<string> Causes { get; }

    /// <summary>What this kernel sets at boot; null when that depends on the host's memory.</summary>
    public string? DefaultOf(Version kernel)
    {
        foreach ((Version since, string value) in _defaults)
        {
            if (kernel >= since)
                return value switch { "memory" => null, "none" => "", _ => value };
        }
        return null;
    }

    /// <summary>What it acts on.</summary>
    public string Uses(Language language) => Sentence("uses", language)!;

    /// <summary>What may become worse by changing it, or null.</summary>
    public string? Risk(Language language) => Sentence("risk", language);

    /// <summary>Why it is left alone although folklore sets it, or null when folklore does not.</summary>
    public string? Note(Language language) => Sentence("note", language);

    private string? Sentence(string key, Language language) =>
        (language == Language.Korean ? _fields.GetValueOrDefault(key + ".ko") : null) ?? _fields.GetValueOrDefault(key);

    private string Field(string key) => _fields.TryGetValue(key, out string? value) ? value : throw new InvalidDataException($"{Name}: no {key}");
}
