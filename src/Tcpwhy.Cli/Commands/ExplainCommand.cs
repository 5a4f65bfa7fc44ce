using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>explain [CAUSE]</c>: what is this cause, how is it told from its neighbours, how is it fixed?</summary>
internal sealed class ExplainCommand : Verb
{
    private readonly Session _session;
    private readonly Argument<string?> _cause = new("CAUSE")
    {
        Description = "a cause's code, as server-close-unread; without it, all causes are listed",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<OutputFormat> _format;

    public ExplainCommand(Session session)
        : base("explain", "what is this cause, how is it told from its neighbours, how is it fixed?")
    {
        _session = session;
        _format = Choice.Format(_session);
        _cause.CompletionSources.Add(_ => Array.ConvertAll(CausePage.Causes(), code => new System.CommandLine.Completions.CompletionItem(code)));
        Add(_cause);
        Add(_format);
        Examples = ["tcpwhy explain", "tcpwhy explain server-close-unread"];
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        bool json = parsed.GetValue(_format) == OutputFormat.Json;
        if (parsed.GetValue(_cause) is not { } code)
        {
            if (json)
                _session.Out.WriteLine(JsonText.Of(CausesJson.OfAll(_session.Language), JsonShapes.Document.CausesJson));
            else
                CauseText.WriteAll(_session.Page);
            return ExitCode.Done;
        }
        CausePage page = CausePage.Find(code) ?? throw Unknown(code);
        if (json)
            _session.Out.WriteLine(JsonText.Of(CauseJson.Of(page, _session.Language), JsonShapes.Document.CauseJson));
        else
            CauseText.Write(page, _session.Page);
        return ExitCode.Done;
    }

    private ToolException Unknown(string code)
    {
        Screen talk = _session.Talk;
        List<string> near = Near(code);
        return new ToolException(
            near.Count > 0
                ? talk.T("no cause is called '{0}'; did you mean {1}?", code, string.Join(", ", near))
                : talk.T("no cause is called '{0}'; 'tcpwhy explain' lists them all", code),
            ExitCode.Usage);
    }

    private static List<string> Near(string code)
    {
        string[] causes = CausePage.Causes();
        List<string> near = [];
        if (Nearest.To(code, causes) is { } nearest)
            near.Add(nearest);
        foreach (string cause in causes)
        {
            if (code.Length >= 3 && cause.Contains(code, StringComparison.OrdinalIgnoreCase) && !near.Contains(cause))
                near.Add(cause);
        }
        return near;
    }
}
