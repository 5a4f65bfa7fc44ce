using System.CommandLine;
using System.Text.Json;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>explain [CAUSE]</c>: what is this cause, how is it told from its neighbours, how is it fixed?</summary>
internal sealed class ExplainCommand : Verb
{
    private readonly Session session;
    private readonly Argument<string?> cause = new("CAUSE")
    {
        Description = "a cause's code, as server-close-unread; without it, all causes are listed",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<OutputFormat> format;

    public ExplainCommand(Session session)
        : base("explain", "what is this cause, how is it told from its neighbours, how is it fixed?")
    {
        this.session = session;
        format = Choice.Format(session);
        cause.CompletionSources.Add(_ => Array.ConvertAll(CausePage.Causes(), code => new System.CommandLine.Completions.CompletionItem(code)));
        Add(cause);
        Add(format);
        Examples = ["tcpwhy explain", "tcpwhy explain server-close-unread"];
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        bool json = parsed.GetValue(format) == OutputFormat.Json;
        if (parsed.GetValue(cause) is not { } code)
        {
            if (json)
                session.Out.WriteLine(JsonSerializer.Serialize(CausesJson.OfAll(session.Language), JsonShapes.Document.CausesJson));
            else
                CauseText.WriteAll(session.Page);
            return ExitCode.Done;
        }
        CausePage page = CausePage.Find(code) ?? throw Unknown(code);
        if (json)
            session.Out.WriteLine(JsonSerializer.Serialize(CauseJson.Of(page, session.Language), JsonShapes.Document.CauseJson));
        else
            CauseText.Write(page, session.Page);
        return ExitCode.Done;
    }

    private ToolException Unknown(string code)
    {
        Screen talk = session.Talk;
        List<string> near = Nearest.To(code, CausePage.Causes());
        return new ToolException(
            near.Count > 0
                ? talk.T("no cause is called '{0}'; did you mean {1}?", code, string.Join(", ", near))
                : talk.T("no cause is called '{0}'; 'tcpwhy explain' lists them all", code),
            ExitCode.Usage);
    }
}
