using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Tcpwhy.Cli.Configuration;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Kernel;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Commands;

/// <summary>Parses the arguments, runs the command that they name and turns its failure into one line and an exit code.</summary>
internal static class CommandLine
{
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;

    public const string Version = "tcpwhy " + ThisAssembly.Version;

    public static int Run(Session session, string[] arguments, params ReadOnlySpan<Verb> verbs)
    {
        int status = Attempt(session, arguments, verbs);
        try
        {
            session.Out.Flush();
            return status;
        }
        catch (IOException full)
        {
            return Fail(session, full.Message, ExitCode.Storage);
        }
    }

    private static int Attempt(Session session, string[] arguments, ReadOnlySpan<Verb> verbs)
    {
        session.ChooseLanguage(arguments);
        Option<ColourChoice> colour = Choice.Of(session, "--color", "when to use colours",
            ("auto", ColourChoice.Auto), ("always", ColourChoice.Always), ("never", ColourChoice.Never));
        RootCommand root = Root(session, colour, verbs);
        try
        {
            ParseResult parsed = Parse(root, arguments.Length == 0 ? ["--help"] : arguments);
            bool helps = parsed.Action is HelpPage or VersionLine;
            // Help and config itself work whatever is wrong with a file.
            if (!helps && parsed.CommandResult.Command is Verb { TakesConfiguration: true } && !session.Configuration.IsEmpty)
            {
                Config config = Config.Read(root, session.Configuration);
                session.Alerts = config.Alerts;
                arguments = config.Applied(arguments, parsed);
                session.ChooseLanguage(arguments);
                parsed = Parse(root, arguments);
            }
            session.Settle(parsed, colour);
            if (!helps && Complaint.About(parsed, session.Talk) is { } complaint)
                throw new ToolException(complaint, ExitCode.Usage);
            // `tune` does so itself, where its --state says.
            if (!helps && !parsed.CommandResult.Command.Parents.OfType<TuneCommand>().Any())
                TuneLeftover.TakeBack(session);
            return parsed.Invoke(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = session.Out,
                Error = session.Error,
            });
        }
        catch (ToolException failure)
        {
            return Fail(session, failure.Sentence.In(session.Language), failure.ExitCode);
        }
        catch (FeatureMissingException missing)
        {
            return Fail(session, missing.Message, ExitCode.KernelFeatureMissing);
        }
        catch (KernelException refused)
        {
            return Fail(session, refused.Message, refused.Errno is NotPermitted or AccessDenied ? ExitCode.PrivilegeMissing : ExitCode.KernelFeatureMissing);
        }
        catch (InvalidDataException malformed)
        {
            return Fail(session, malformed.Message, ExitCode.Usage);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Fail(session, failure.Message, ExitCode.Storage);
        }
        catch (Exception bug)
        {
            session.Talk.Line("tcpwhy: ", session.Talk.T("this is a defect of tcpwhy; please report it with these lines:"));
            foreach (string line in bug.ToString().Split('\n'))
                session.Talk.Line(line);
            return ExitCode.Bug;
        }
    }

    private static ParseResult Parse(RootCommand root, string[] arguments) =>
        root.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });

    private static int Fail(Session session, string message, int exitCode)
    {
        session.Talk.Line(new Piece("tcpwhy: ", Ink.Red), session.Talk.T(message).ReplaceLineEndings(" "));
        return exitCode;
    }

    private static RootCommand Root(Session session, Option<ColourChoice> colour, ReadOnlySpan<Verb> verbs)
    {
        RootCommand root = new("Tells why TCP connections break, and how to fix it.");
        foreach (Option option in root.Options)
        {
            if (option is HelpOption help)
            {
                help.Action = new HelpPage(session);
                help.Description = "show this";
            }
            else if (option is VersionOption version)
            {
                version.Action = new VersionLine(session);
                version.Description = "show the version";
            }
        }
        Option<Language> language = Choice.Of(session, "--lang", "language (default: from the locale)", session.Language,
            [("ko", Language.Korean), ("en", Language.English)]);
        language.Recursive = true;
        colour.Recursive = true;
        root.Add(language);
        root.Add(colour);
        foreach (Verb verb in verbs)
            root.Add(verb);
        return root;
    }

    private sealed class VersionLine(Session session) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            session.Out.WriteLine(Version);
            return ExitCode.Done;
        }
    }
}
