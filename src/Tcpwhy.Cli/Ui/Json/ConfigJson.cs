using Tcpwhy.Cli.Configuration;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>What is configured as <c>tcpwhy.config/1</c>: see docs/schemas/config.json.</summary>
internal sealed record ConfigJson(string Schema, IReadOnlyList<string> Files, IReadOnlyList<ConfigSettingJson> Settings)
{
    public static ConfigJson Of(Config config, ConfigSources sources) => new(
        "tcpwhy.config/1",
        sources.Files,
        [.. config.Shown.Select(one => new ConfigSettingJson(one.Key, one.Values, one.Source))]);
}

/// <summary>One setting, and the file with its line, or the variable, that it comes from.</summary>
internal sealed record ConfigSettingJson(string Key, IReadOnlyList<string> Values, string Source);
