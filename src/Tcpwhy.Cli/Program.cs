using Tcpwhy.Cli.Commands;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Sources;

// Before anything is built: scripts ask for the version often.
if (args is ["--version"])
{
    Console.Out.WriteLine(CommandLine.Version);
    return 0;
}

Session session = Session.OfThisProcess();
return CommandLine.Run(session, args,
    new DiagnoseCommand(session),
    new ExplainCommand(session),
    new RecordCommand(session),
    new DoctorCommand(session, HostVisibility.Look));
