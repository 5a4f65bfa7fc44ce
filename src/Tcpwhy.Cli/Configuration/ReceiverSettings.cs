using Tcpwhy.Alerting.Delivery;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Configuration;

/// <summary>Makes a receiver of what is set. No message shows a value that may be a secret.</summary>
internal static class ReceiverSettings
{
    private static readonly (string Word, ReceiverKind Kind)[] Kinds =
    [
        ("alertmanager", ReceiverKind.Alertmanager), ("slack", ReceiverKind.Slack), ("webhook", ReceiverKind.Webhook), ("file", ReceiverKind.File), ("journal", ReceiverKind.Journal),
    ];

    /// <exception cref="ToolException">A value is wrong, or one is missing: names the line and what would be right.</exception>
    public static ReceiverPlan Read(string name, Dictionary<string, ConfigSetting> settings)
    {
        string here = $"{AlertKey.Section}.{AlertKey.Receivers}.{name}";
        ConfigSetting any = settings.Values.First();
        if (!settings.TryGetValue("to", out ConfigSetting? to))
            throw new ToolException($"{any.Source}: {here} does not say to whom: to: alertmanager, slack, webhook, file or journal", ExitCode.Usage);
        if (Array.FindIndex(Kinds, one => one.Word == to.Values[0]) is not (>= 0 and var index))
            throw Wrong(to, to.Values[0] == "terminal" ? "the terminal is always told, and needs no receiver" : $"takes {string.Join(", ", Kinds.Select(one => one.Word))}, not '{to.Values[0]}'");
        ReceiverKind kind = Kinds[index].Kind;
        bool byHttp = kind is ReceiverKind.Alertmanager or ReceiverKind.Slack or ReceiverKind.Webhook;
        foreach (string key in (ReadOnlySpan<string>)["url", "url-file", "header", "ca"])
            Only(key, byHttp, "alertmanager, slack or webhook");
        Only("path", kind == ReceiverKind.File, "file");
        Only("body", kind == ReceiverKind.Webhook, "webhook");
        if (byHttp && settings.ContainsKey("url") == settings.ContainsKey("url-file"))
            throw new ToolException($"{to.Source}: {here} needs one of url and url-file", ExitCode.Usage);
        if (kind == ReceiverKind.File && !settings.ContainsKey("path"))
            throw new ToolException($"{to.Source}: {here} needs a path", ExitCode.Usage);
        return new ReceiverPlan(name, kind)
        {
            Url = settings.TryGetValue("url", out ConfigSetting? url) ? Address(url) : null,
            UrlFile = Rooted("url-file"),
            Path = Rooted("path"),
            Body = settings.TryGetValue("body", out ConfigSetting? body) ? Template(body) : null,
            Headers = settings.TryGetValue("header", out ConfigSetting? headers) ? [.. headers.Values.Select(header => Header(header, headers))] : [],
            Authorities = Rooted("ca"),
            Least = OneOf("severity", Severity.Warning, ("warning", Severity.Warning), ("critical", Severity.Critical)),
            Resolved = OneOf("resolved", true, ("true", true), ("false", false)),
            Language = OneOf<Language?>("lang", null, ("ko", Language.Korean), ("en", Language.English)),
        };

        void Only(string key, bool fits, string kinds)
        {
            if (!fits && settings.TryGetValue(key, out ConfigSetting? setting))
                throw Wrong(setting, $"it is for receivers to {kinds}");
        }

        string? Rooted(string key)
        {
            if (!settings.TryGetValue(key, out ConfigSetting? setting))
                return null;
            // Whence the watch is started, must not decide.
            return Path.IsPathRooted(setting.Values[0]) ? setting.Values[0] : throw Wrong(setting, $"takes a whole path, that begins with /, not '{setting.Values[0]}'");
        }

        T OneOf<T>(string key, T otherwise, params ReadOnlySpan<(string Word, T Value)> choices)
        {
            if (!settings.TryGetValue(key, out ConfigSetting? setting))
                return otherwise;
            List<string> words = [];
            foreach ((string word, T value) in choices)
            {
                if (word == setting.Values[0])
                    return value;
                words.Add(word);
            }
            throw Wrong(setting, $"takes {string.Join(", ", words)}, not '{setting.Values[0]}'");
        }
    }

    private static Uri Address(ConfigSetting setting) =>
        Uri.TryCreate(setting.Values[0], UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && address.Host.Length > 0
            ? address : throw Wrong(setting, "takes an address as https://host/path");

    private static MessageTemplate Template(ConfigSetting setting)
    {
        try
        {
            return MessageTemplate.Parse(setting.Values[0]);
        }
        catch (InvalidDataException wrong)
        {
            throw Wrong(setting, wrong.Message);
        }
    }

    private static KeyValuePair<string, string> Header(string header, ConfigSetting setting)
    {
        int colon = header.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? "" : header[..colon].Trim(), value = header[(colon + 1)..].Trim();
        bool right = name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && value.All(c => c >= ' ' && c < 0x7F);
        return right ? KeyValuePair.Create(name, value) : throw Wrong(setting, "takes a header as 'Authorization: Bearer …'");
    }

    private static ToolException Wrong(ConfigSetting setting, string what) => new($"{setting.Source}: {setting.Key}: {what}", ExitCode.Usage);
}
