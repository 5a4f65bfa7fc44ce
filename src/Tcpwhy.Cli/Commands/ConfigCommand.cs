using System.CommandLine;
using Tcpwhy.Alerting.Delivery;
using Tcpwhy.Cli.Configuration;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>config show</c>, <c>config check [FILE]</c>, <c>config template</c>, <c>config test-alerts</c>: what is set, by which file or variable, what could be, and whether receivers hear.</summary>
internal sealed class ConfigCommand : Verb
{
    private readonly Session _session;
    private readonly Option<OutputFormat> _format;
    private readonly Argument<string?> _file = new("FILE")
    {
        Description = "the file to check; without it, every file and variable that is in force",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public ConfigCommand(Session session)
        : base("config", "which settings are in force, where do they come from, and what can be set?")
    {
        _session = session;
        _format = Choice.Format(session);
        var show = new Part("show", "what is set, and by which file or variable");
        show.Add(_format);
        show.SetAction(Show);
        var check = new Part("check", "whether files and variables are right");
        check.Add(_file);
        check.SetAction(Check);
        var template = new Part("template", "a file with every key, its meaning and its default");
        template.SetAction(Template);
        Add(show);
        Add(check);
        Add(template);
        var test = new Part("test-alerts", "send every receiver of alerts one that says it is a test");
        test.SetAction(TestAlerts);
        Add(test);
        Examples = ["tcpwhy config template > ~/.config/tcpwhy/config.yaml", "tcpwhy config check", "tcpwhy config show"];
    }

    private int Show(ParseResult parsed)
    {
        Screen page = _session.Page;
        Config config = Config.Read(Root(parsed), _session.Configuration);
        if (parsed.GetValue(_format) == OutputFormat.Json)
        {
            _session.Out.WriteLine(JsonText.Of(ConfigJson.Of(config, _session.Configuration), JsonShapes.Document.ConfigJson));
            return ExitCode.Done;
        }
        Table table = new(Ink.Cyan, Ink.Bold, Ink.Dim);
        bool any = false;
        foreach (ConfigSetting setting in config.Shown)
        {
            table.Add(setting.Key, string.Join(", ", setting.Values), setting.Source);
            any = true;
        }
        if (any)
            table.Write(page, 0);
        else
            page.Paragraph(0, page.T("Nothing is set, so every option has its default. These would be read: {0}", string.Join(", ", [.. _session.Configuration.Files, "TCPWHY_*"])));
        return ExitCode.Done;
    }

    private int Check(ParseResult parsed)
    {
        Screen page = _session.Page;
        ConfigSources sources = _session.Configuration;
        if (parsed.GetValue(_file) is { } file)
        {
            if (!File.Exists(file))
                throw new ToolException($"no such file: {file}", ExitCode.Usage);
            sources = new ConfigSources([file], []);
        }
        int settings = Config.Read(Root(parsed), sources).Shown.Count();
        string[] read = [.. sources.Files.Where(File.Exists)];
        page.Line(new Piece("✓ ", Ink.Green), read.Length == 0
            ? page.Count(settings, "{0} setting, and it is right", "{0} settings, and all are right")
            : page.T("{0} in {1}", page.Count(settings, "{0} setting, and it is right", "{0} settings, and all are right"), string.Join(", ", read)));
        return ExitCode.Done;
    }

    private int Template(ParseResult parsed)
    {
        ConfigTemplate.Write(Config.Read(Root(parsed), ConfigSources.None), _session.Page);
        return ExitCode.Done;
    }

    private int TestAlerts(ParseResult parsed)
    {
        Screen page = _session.Page;
        IReadOnlyList<ReceiverPlan> receivers = Config.Read(Root(parsed), _session.Configuration).Alerts.Receivers;
        if (receivers.Count == 0)
            throw new ToolException("no receiver of alerts is configured; 'tcpwhy config template' shows how", ExitCode.Usage);
        bool all = true;
        foreach ((ReceiverPlan receiver, string? failure) in Receivers.Try(receivers, new Sender(Environment.MachineName, _session.Language), TimeProvider.System))
        {
            page.Paragraph(0, 2, failure is null ? new Piece("✓ ", Ink.Green) : new Piece("✗ ", Ink.Red), receiver.Name, ": ", failure ?? page.T("has taken it"));
            all &= failure is null;
        }
        return all ? ExitCode.Done : ExitCode.Unreachable;
    }

    private static RootCommand Root(ParseResult parsed) => (RootCommand)parsed.RootCommandResult.Command;

    private sealed class Part(string name, string description) : Verb(name, description)
    {
        public override bool TakesConfiguration => false;
    }
}
