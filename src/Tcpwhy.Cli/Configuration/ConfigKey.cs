using System.CommandLine;
using System.CommandLine.Help;

namespace Tcpwhy.Cli.Configuration;

/// <summary>Something that can be configured: an option, or the one target, of a command. Its name is that on the command line.</summary>
/// <param name="Command">The command's words, as lab, run; none for what all commands share.</param>
/// <param name="Symbol">The option or argument that takes the value.</param>
internal sealed record ConfigKey(IReadOnlyList<string> Command, Symbol Symbol)
{
    // What changes a host, or writes over a file, is asked for each time, on the command line.
    private static readonly string[] NeverConfigured = ["--yes", "--force", "--fix"];

    /// <summary>As diagnose.duration.</summary>
    public string Name => string.Join('.', [.. Command, Own]);

    /// <summary>As duration.</summary>
    public string Own => Symbol is Argument ? "target" : Symbol.Name.TrimStart('-');

    /// <summary>As TCPWHY_DIAGNOSE_DURATION.</summary>
    public string Variable => "TCPWHY_" + Name.ToUpperInvariant().Replace('.', '_').Replace('-', '_');

    public bool IsSwitch => Symbol is Option option && option.ValueType == typeof(bool);

    /// <summary>Whether it takes a list.</summary>
    public bool TakesMany => Symbol is Option { Arity.MaximumNumberOfValues: > 1 };

    /// <summary>All keys of the program.</summary>
    public static List<ConfigKey> All(RootCommand root)
    {
        List<ConfigKey> keys = [];
        foreach (Option option in root.Options)
        {
            if (option is not (HelpOption or VersionOption))
                keys.Add(new ConfigKey([], option));
        }
        foreach (Command command in root.Subcommands)
            Add(command, [command.Name], keys);
        return keys;
    }

    /// <summary>The words of a command line that give it this value.</summary>
    public IEnumerable<string> Words(IEnumerable<string> values) =>
        values.Select(value => Symbol is Argument ? value : $"{Symbol.Name}={value}");

    private static void Add(Command command, string[] path, List<ConfigKey> keys)
    {
        if (path[0] == "config")
            return;
        foreach (Option option in command.Options)
        {
            if (!option.Hidden && Array.IndexOf(NeverConfigured, option.Name) < 0)
                keys.Add(new ConfigKey(path, option));
        }
        if (command.Arguments is [{ Arity: { MinimumNumberOfValues: 0, MaximumNumberOfValues: 1 }, Name: "HOST:PORT" or "TARGET" or "[ADDRESS:]PORT" } target])
            keys.Add(new ConfigKey(path, target));
        foreach (Command inner in command.Subcommands)
            Add(inner, [.. path, inner.Name], keys);
    }
}
