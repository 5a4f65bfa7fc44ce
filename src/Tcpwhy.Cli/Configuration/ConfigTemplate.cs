using System.CommandLine;
using System.Globalization;
using Tcpwhy.Cli.Ui;

namespace Tcpwhy.Cli.Configuration;

/// <summary>A configuration file with every key commented out, with what it means and its default.</summary>
internal static class ConfigTemplate
{
    public static void Write(Config config, Screen screen)
    {
        screen.Line("# ", screen.T("Configuration of tcpwhy. Each key is an option of a command; the command line wins over it."));
        screen.Line("# ", screen.T("Read in this order, the later wins: {0}.", "/etc/tcpwhy/config.yaml, $XDG_CONFIG_HOME/tcpwhy/config.yaml, TCPWHY_*"));
        IReadOnlyList<string> section = [];
        foreach (ConfigKey key in config.Keys)
        {
            int same = 0;
            while (same < section.Count && same < key.Command.Count && section[same] == key.Command[same])
                same++;
            for (int depth = same; depth < key.Command.Count; depth++)
            {
                if (depth == 0)
                    screen.Blank();
                screen.Line(new string(' ', 2 * depth), key.Command[depth], ":");
            }
            section = key.Command;
            string indent = new(' ', 2 * key.Command.Count);
            screen.Line(indent, "# ", screen.T(Description(key.Symbol)), Choices(key.Symbol));
            string example = Example(key);
            // A default that only means "not set" is no value that the option would take.
            screen.Line(indent, "#", key.Own, ": ", config.Takes(key, example) ? example : "…");
        }
        AlertTemplate.Write(screen);
    }

    private static string Description(Symbol symbol) => symbol.Description ?? "";

    private static string Choices(Symbol symbol) => symbol is Option { HelpName: { } name } && name.Contains('|') ? $" ({name})" : "";

    /// <summary>The default, else a value of the right kind.</summary>
    private static string Example(ConfigKey key) => key.Symbol switch
    {
        Argument => "localhost:8080",
        Option { HelpName: { } choices } when choices.Contains('|') => choices.Split('|')[0],
        Option { ValueType: var type } when type == typeof(bool) => "false",
        Option { ValueType: var type } when type == typeof(TimeSpan?) => "30s",
        Option { ValueType: var type } when type == typeof(int?) || type == typeof(long?) => "1",
        Option { HasDefaultValue: true } option => Written(option.GetDefaultValue()) ?? "…",
        _ => "…",
    };

    private static string? Written(object? value) => value switch
    {
        TimeSpan { Ticks: 0 } => null,
        TimeSpan span when span.TotalSeconds < 1 => $"{span.TotalMilliseconds}ms",
        TimeSpan span when span.TotalSeconds < 120 => $"{span.TotalSeconds}s",
        TimeSpan span => $"{span.TotalMinutes}m",
        bool yes => yes ? "true" : "false",
        IFormattable number and (int or long or double) => number.ToString(null, CultureInfo.InvariantCulture),
        string text => text,
        _ => null,
    };
}
