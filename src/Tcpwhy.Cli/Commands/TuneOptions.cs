using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Commands;

/// <summary>The options that all parts of `tune` share: what is tuned, where its records are, how the result is written.</summary>
internal sealed class TuneOptions(Session session)
{
    private readonly Option<string?> _netns = new("--netns") { Description = "tune this network namespace, by its name or path, instead of the host", HelpName = "NAME" };
    private readonly Option<string> _state = new("--state") { Description = "where to keep what has to be undone", HelpName = "DIR", DefaultValueFactory = _ => "/var/lib/tcpwhy" };
    private readonly Option<string?> _directory = new("--sysctl-directory") { Description = "where our file is put that lasts beyond a reboot (default /etc/sysctl.d)", HelpName = "DIR" };
    private readonly Option<OutputFormat> _format = Choice.Format(session);

    public void AddTo(Command command)
    {
        command.Add(_netns);
        command.Add(_state);
        command.Add(_directory);
        command.Add(_format);
    }

    public bool WantsJson(ParseResult parsed) => parsed.GetValue(_format) == OutputFormat.Json;

    public Target Target(ParseResult parsed, ProcFs proc) => Tuning.Target.Find(proc, parsed.GetValue(_netns));

    /// <summary>The files that settings are taken from at boot.</summary>
    public SysctlFiles Files(ParseResult parsed) => parsed.GetValue(_directory) is { } directory ? new SysctlFiles([directory], null) : SysctlFiles.OfHost;

    /// <summary>Takes back what was never confirmed, as every start of `tune` does.</summary>
    public void Recover(ParseResult parsed, ProcFs proc)
    {
        _ = (parsed, proc, _state);
    }

    /// <summary>How a target is named to a person.</summary>
    public static string NameOf(Target target, Screen screen) => target.IsHost ? screen.T("this host") : screen.T("the network namespace {0}", target.Name);
}
