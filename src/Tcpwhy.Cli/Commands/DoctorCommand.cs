using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>doctor</c>: what can be seen on this host with these privileges, and how to see more?</summary>
internal sealed class DoctorCommand : Verb
{
    public DoctorCommand(Session session, Func<Visibility> look)
        : base("doctor", "what can be seen on this host with these privileges, and how to see more?")
    {
        Option<OutputFormat> format = Choice.Format(session);
        Add(format);
        Examples = ["tcpwhy doctor"];
        SetAction(parsed =>
        {
            Visibility visibility = look();
            if (parsed.GetValue(format) == OutputFormat.Json)
                session.Out.WriteLine(JsonText.Of(DoctorJson.Of(visibility, session.Language), JsonShapes.Document.DoctorJson));
            else
                DoctorText.Write(visibility, session.Page);
            return ExitCode.Done;
        });
    }
}
