using Tcpwhy.Cli.Commands;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Lab;
using Tcpwhy.Loading;
using Tcpwhy.Sources;

// Before anything is built: scripts ask for the version often, and the lab starts its actors by the dozen.
switch (args)
{
    case ["--version"]:
        Console.Out.WriteLine(CommandLine.Version);
        return 0;
    case ["lab-actor", ..]:
        return ActorProgram.Run(args[1..]);
    case [LoadWorker.Verb]:
        return LoadWorker.Run(Console.In, Console.Out);
    case [TuneGuard.Word, var state, var key]:
        return TuneGuard.Run(state, key);
}

Session session = Session.OfThisProcess();
return CommandLine.Run(session, args,
    new DiagnoseCommand(session),
    new ExplainCommand(session),
    new RecordCommand(session),
    new ConnectionsCommand(session),
    new SummaryCommand(session),
    new WatchCommand(session),
    new TuneCommand(session),
    new ReportCommand(session),
    new PoolsCommand(session),
    new ProbeCommand(session),
    new LoadCommand(session),
    new ListenCommand(session),
    new GenerateCommand(session),
    new LintCommand(session),
    new LabCommand(session),
    new ConfigCommand(session),
    new DoctorCommand(session, HostVisibility.Look));
