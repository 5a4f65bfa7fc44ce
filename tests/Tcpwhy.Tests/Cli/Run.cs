using Tcpwhy.Cli.Commands;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Tests.Cli;

/// <summary>One run of the program in this process, with a source that plays an answer.</summary>
internal sealed record Run(int Status, string Out, string Error)
{
    public static Run Of(params string[] arguments) => With(Examples.Broken, arguments);

    public static Run With(Answer answer, params string[] arguments) => With((_, _) => answer, [], arguments);

    public static Run With(Func<Action<Event>?, CancellationToken, Answer> judge, Dictionary<string, string> variables, params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        Session session = new() { Out = output, Error = error, Variable = variables.GetValueOrDefault, OutIsTerminal = variables.ContainsKey("TERM") };
        int status = CommandLine.Run(session, arguments,
            new DiagnoseCommand(session)
            {
                Open = (_, _, _) => new NoSource(),
                Judge = (_, _, onEvent, onFinding, stop) =>
                {
                    Answer answer = judge(onEvent, stop);
                    foreach (Finding finding in answer.Findings)
                        onFinding?.Invoke(finding);
                    return answer;
                },
            },
            new ExplainCommand(session),
            new RecordCommand(session),
            new ConnectionsCommand(session),
            new TuneCommand(session),
            new ProbeCommand(session),
            new LoadCommand(session),
            new ListenCommand(session),
            new GenerateCommand(session) { Installed = _ => null, UserOf = names => names[0] },
            new LintCommand(session) { Installed = _ => null },
            new DoctorCommand(session, () => Examples.Restricted));
        return new Run(status, output.ToString(), error.ToString());
    }

    private sealed class NoSource : ISource
    {
        public void Run(Action<Event> sink, CancellationToken stop)
        {
        }

        public void Dispose()
        {
        }
    }
}
