using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Commands;

/// <summary>Options whose text a parser of ours reads, and questions about what was given.</summary>
internal static class Parsed
{
    /// <summary>Reads a value from the word after an option; false when it is none.</summary>
    public delegate bool Parser<T>(string text, out T value);

    /// <summary>An option read by <paramref name="parse"/>; <paramref name="complaint"/> names the option ({0}) and what was given ({1}).</summary>
    public static Option<T> Option<T>(Session session, string name, string description, string help, Parser<T> parse, string complaint) => new(name)
    {
        Description = description,
        HelpName = help,
        CustomParser = result =>
        {
            string given = result.Tokens[0].Value;
            if (!parse(given, out T value))
                result.AddError(session.Talk.T(complaint, name, given));
            return value;
        },
    };

    /// <summary>Whether an option was given, rather than left at its default.</summary>
    public static bool Gives(this ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>Complains when options contradict each other.</summary>
    /// <exception cref="ToolException">They do.</exception>
    public static void Refuse(bool wrong, string complaint)
    {
        if (wrong)
            throw new ToolException(complaint, ExitCode.Usage);
    }
}
