using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Commands;

/// <summary>The options that all parts of `tune` share: what is tuned, where its records are, how the result is written.</summary>
internal sealed class TuneOptions(Session session)
{
    public const string UsualState = "/var/lib/tcpwhy";
    private readonly Option<string?> _netns = new("--netns") { Description = "tune this network namespace, by its name or path, instead of the host", HelpName = "NAME" };
    private readonly Option<string> _state = new("--state") { Description = "where to keep what has to be undone (default /var/lib/tcpwhy)", HelpName = "DIR", DefaultValueFactory = _ => UsualState };
    private readonly Option<string?> _directory = new("--sysctl-directory") { Description = "where our file is put that lasts beyond a reboot (default /etc/sysctl.d)", HelpName = "DIR" };
    private readonly Option<OutputFormat> _format = Choice.Format(session);

    public void AddTo(Command command)
    {
        command.Add(_netns);
        command.Add(_state);
        command.Add(_directory);
        command.Add(_format);
    }

    /// <exception cref="ToolException">Not root.</exception>
    public static void NeedRoot()
    {
        if (!Environment.IsPrivilegedProcess)
            throw new ToolException("this changes the kernel's settings: run it as root, sudo ./tcpwhy tune …", ExitCode.PrivilegeMissing);
    }

    /// <summary>How a target is named to a person.</summary>
    public static string NameOf(Target target, Screen screen) => target.IsHost ? screen.T("this host") : screen.T("the network namespace {0}", target.Name);

    public bool WantsJson(ParseResult parsed) => parsed.GetValue(_format) == OutputFormat.Json;

    public bool NamesNamespace(ParseResult parsed) => parsed.GetValue(_netns) is not null;

    public Target Target(ParseResult parsed, ProcFs proc) => Tuning.Target.Find(proc, parsed.GetValue(_netns));

    public string State(ParseResult parsed) => parsed.GetValue(_state)!;

    public JournalStore Store(ParseResult parsed) => new(State(parsed));

    /// <summary>The files that settings are taken from at boot.</summary>
    public SysctlFiles Files(ParseResult parsed) => parsed.GetValue(_directory) is { } directory ? new SysctlFiles([Path.GetFullPath(directory)], null) : SysctlFiles.OfHost;

    /// <summary>The command line that goes on with what this one began.</summary>
    public string Command(string part, ParseResult parsed)
    {
        string command = $"sudo tcpwhy tune {part}";
        if (parsed.GetValue(_netns) is { } netns)
            command += $" --netns {netns}";
        return State(parsed) == UsualState ? command : $"{command} --state {State(parsed)}";
    }

    /// <summary>Takes back what was never confirmed, as every start of `tune` does, and says so. What is confirmed or rolled back just now is spared.</summary>
    public void Recover(ParseResult parsed, ProcFs proc, Target? spared = null)
    {
        foreach ((string target, Undone undone) in new Recovery(proc, Store(parsed), new Boot(proc, TimeProvider.System)).Run(spared?.Key))
            session.Talk.Line(TuneStatusText.Sentence(target, undone, session.Talk));
    }

    /// <summary>Writes what is in force, of one target or of all.</summary>
    public void WriteStatus(ParseResult parsed, ProcFs proc, Target? only)
    {
        JournalStore store = Store(parsed);
        var boot = new Boot(proc, TimeProvider.System);
        List<Tuned> all = only is null ? Tuned.All(proc, store, boot)
            : store.Read(only.Key) is { } journal ? [Tuned.Of(proc, boot, only, journal)] : [];
        if (WantsJson(parsed))
            session.Out.WriteLine(JsonText.Of(TuneStatusJson.Of(all), JsonShapes.Document.TuneStatusJson));
        else
            TuneStatusText.Write(all, boot.Now, session.Page);
    }
}
