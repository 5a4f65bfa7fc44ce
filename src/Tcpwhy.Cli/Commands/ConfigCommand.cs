using System.CommandLine;
using Tcpwhy.Cli.Configuration;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>config show</c>, <c>config check [FILE]</c>, <c>config template</c>: what is set, by which file or variable, and what could be.</summary>
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
        foreach ((ConfigKey key, ConfigSetting setting) in config.Settings)
        {
            table.Add(key.Name, string.Join(", ", setting.Values), setting.Source);
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
        int settings = Config.Read(Root(parsed), sources).Settings.Count();
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

    private static RootCommand Root(ParseResult parsed) => (RootCommand)parsed.RootCommandResult.Command;

    private sealed class Part(string name, string description) : Verb(name, description)
    {
        public override bool TakesConfiguration => false;
    }
}
