using System.CommandLine;
using System.CommandLine.Parsing;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Commands;

/// <summary>What is wrong with a command line, in one sentence that names the nearest word that is known.</summary>
internal static class Complaint
{
    /// <summary>The sentence, or null when nothing is wrong.</summary>
    public static string? About(ParseResult parsed, Screen talk)
    {
        Command command = parsed.CommandResult.Command;
        foreach (Token token in parsed.Tokens)
        {
            if (token.Type == TokenType.DoubleDash)
                break;
            // An argument of many words swallows a mistyped option; a negative number is for its option to judge.
            if (token.Type == TokenType.Argument && token.Value.Length > 1 && token.Value[0] == '-' && !char.IsAsciiDigit(token.Value[1]))
                return Unknown(talk.T("unknown option '{0}'", token.Value), token.Value, Options(parsed), talk);
        }
        if (command.Subcommands.Count > 0)
        {
            return parsed.UnmatchedTokens.Count == 0
                ? talk.T("a command is missing; 'tcpwhy --help' lists them")
                : Unknown(talk.T("unknown command '{0}'", parsed.UnmatchedTokens[0]), parsed.UnmatchedTokens[0], Names(command.Subcommands), talk);
        }
        if (parsed.UnmatchedTokens.Count > 0)
            return talk.T("unexpected word '{0}'", parsed.UnmatchedTokens[0]);
        return parsed.Errors.Count > 0 ? parsed.Errors[0].Message : null;
    }

    private static string Unknown(string complaint, string word, IEnumerable<string> known, Screen talk)
    {
        string? near = Nearest.To(word, known);
        return near is null ? complaint : talk.T("{0}; did you mean '{1}'?", complaint, near);
    }

    private static List<string> Options(ParseResult parsed)
    {
        List<string> names = [];
        foreach (Option option in parsed.CommandResult.Command.Options)
            names.Add(option.Name);
        foreach (Option option in parsed.RootCommandResult.Command.Options)
            names.Add(option.Name);
        return names;
    }

    private static List<string> Names(IEnumerable<Command> commands)
    {
        List<string> names = [];
        foreach (Command command in commands)
            names.Add(command.Name);
        return names;
    }
}
