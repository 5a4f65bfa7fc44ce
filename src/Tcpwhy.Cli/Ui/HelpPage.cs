using System.CommandLine;
using System.CommandLine.Invocation;
using Tcpwhy.Cli.Commands;

namespace Tcpwhy.Cli.Ui;

/// <summary>What --help shows: what the command answers, how it is called, examples that can be pasted.</summary>
internal sealed class HelpPage(Session session) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command, parseResult.RootCommandResult.Command, session.Page);
        return ExitCode.Done;
    }

    public static void Write(Command command, Command root, Screen screen)
    {
        screen.Paragraph(0, screen.T(command.Description ?? ""));
        Heading(screen.T("Usage"), screen);
        screen.Paragraph(2, 4, Usage(command, root));
        if (command.Subcommands.Count > 0)
        {
            Heading(screen.T("Commands"), screen);
            Table table = new(Ink.Cyan, Ink.Plain);
            foreach (Command sub in command.Subcommands)
                table.Add(sub.Name, screen.T(sub.Description ?? ""));
            table.Write(screen, 2);
        }
        if (command.Arguments.Count > 0)
        {
            Heading(screen.T("Arguments"), screen);
            Table table = new(Ink.Cyan, Ink.Plain);
            foreach (Argument argument in command.Arguments)
                table.Add(argument.Name, screen.T(argument.Description ?? ""));
            table.Write(screen, 2);
        }
        Heading(screen.T("Options"), screen);
        Options(command, root, screen);
        if (command is Verb { Examples: { Length: > 0 } examples })
        {
            Heading(screen.T("Examples"), screen);
            foreach (string example in examples)
                screen.Line("  ", example);
        }
        if (command == root)
        {
            Heading(screen.T("Exit codes"), screen);
            Table table = new(Ink.Cyan, Ink.Plain) { RightAligned = 0 };
            table.Add("0", screen.T("done"));
            table.Add("1", screen.T("findings at or above --fail-on"));
            table.Add("2", screen.T("the command line or an input file is wrong"));
            table.Add("3", screen.T("a privilege is missing"));
            table.Add("4", screen.T("a kernel feature is missing"));
            table.Add("5", screen.T("the target cannot be reached"));
            table.Add("6", screen.T("a limit that you set was exceeded"));
            table.Add("7", screen.T("a file cannot be read or written"));
            table.Add("130", screen.T("ended by Ctrl-C, after the result was printed; 143 by SIGTERM"));
            table.Write(screen, 2);
        }
    }

    private static void Heading(string title, Screen screen)
    {
        screen.Blank();
        screen.Line(new Piece(title, Ink.Bold));
    }

    private static string Usage(Command command, Command root)
    {
        string usage = command.Subcommands.Count > 0 ? " COMMAND" : "";
        for (Symbol? part = command; part is not null && part != root; part = part.Parents.FirstOrDefault())
            usage = $" {part.Name}{usage}";
        usage = "tcpwhy" + usage;
        foreach (Argument argument in command.Arguments)
        {
            string many = argument.Arity.MaximumNumberOfValues > 1 ? "..." : "";
            usage += argument.Arity.MinimumNumberOfValues > 0 ? $" {argument.Name}{many}" : $" [{argument.Name}{many}]";
        }
        return usage + " [OPTION...]";
    }

    private static void Options(Command command, Command root, Screen screen)
    {
        Table table = new(Ink.Cyan, Ink.Plain);
        Add(command.Options, all: true);
        if (command != root)
            Add(root.Options, all: false);
        table.Write(screen, 2);

        void Add(IList<Option> options, bool all)
        {
            foreach (Option option in options)
            {
                if (option.Hidden || (!all && !option.Recursive))
                    continue;
                string name = option.Name == "--help" ? "-h, --help" : option.Name;
                table.Add(option.HelpName is { } value ? $"{name} {value}" : name, screen.T(option.Description ?? ""));
            }
        }
    }
}
