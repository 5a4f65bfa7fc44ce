using Tcpwhy.Model;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tcpwhy.Cli.Configuration;

/// <summary>Reads settings from YAML, as data: sections, keys, values and lists; no anchor, alias or tag. Nothing else of the program touches the YAML library, so that a run without a file does not load it.</summary>
internal static class YamlSettings
{
    private const int MostBytes = 1 << 20;
    // One more for alerts, whose rules and receivers have names.
    private const int Deepest = 3;

    /// <summary>The settings of a file, in its order.</summary>
    /// <exception cref="ToolException">It is no such YAML: names the line.</exception>
    public static List<ConfigSetting> Read(string file, TextReader text)
    {
        string whole = text.ReadToEnd();
        if (whole.Length > MostBytes)
            throw new ToolException($"{file}: larger than {MostBytes} characters", ExitCode.Usage);
        try
        {
            return Read(file, new Parser(new StringReader(whole)));
        }
        catch (YamlException malformed)
        {
            throw new ToolException($"{file}:{malformed.Start.Line}: {Plain(malformed.Message)}", ExitCode.Usage);
        }
    }

    private static List<ConfigSetting> Read(string file, Parser parser)
    {
        List<ConfigSetting> settings = [];
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
            return settings;
        parser.Consume<DocumentStart>();
        if (Take<Scalar>(parser) is { } nothing)
        {
            if (nothing.Value.Length > 0)
                throw Wrong(file, nothing, "keys with values are expected, as 'lang: ko'");
        }
        else
        {
            Section(file, parser, [], settings);
        }
        parser.Consume<DocumentEnd>();
        if (Take<StreamEnd>(parser) is null)
            throw Wrong(file, parser.Current!, "one document is expected");
        return settings;
    }

    private static void Section(string file, Parser parser, string[] path, List<ConfigSetting> settings)
    {
        if (Take<MappingStart>(parser) is not { } start)
            throw Wrong(file, parser.Current!, "keys with values are expected, as 'lang: ko'");
        Refuse(file, start);
        HashSet<string> seen = [];
        while (Take<MappingEnd>(parser) is null)
        {
            if (Take<Scalar>(parser) is not { } name)
                throw Wrong(file, parser.Current!, "a key is expected");
            Refuse(file, name);
            if (!seen.Add(name.Value))
                throw Wrong(file, name, $"'{string.Join('.', [.. path, name.Value])}' stood before");
            Value(file, parser, [.. path, name.Value], name, settings);
        }
    }

    private static void Value(string file, Parser parser, string[] path, Scalar name, List<ConfigSetting> settings)
    {
        string source = $"{file}:{name.Start.Line}";
        if (Take<Scalar>(parser) is { } value)
        {
            Refuse(file, value);
            // A section of which every line is commented out.
            bool empty = value.Value.Length == 0 && value.Style == ScalarStyle.Plain;
            settings.Add(new ConfigSetting(string.Join('.', path), empty ? [] : [value.Value], source));
        }
        else if (Take<SequenceStart>(parser) is { } list)
        {
            Refuse(file, list);
            List<string> values = [];
            while (Take<SequenceEnd>(parser) is null)
            {
                if (Take<Scalar>(parser) is not { } item)
                    throw Wrong(file, parser.Current!, "a plain value is expected");
                Refuse(file, item);
                values.Add(item.Value);
            }
            settings.Add(new ConfigSetting(string.Join('.', path), values, source));
        }
        else if (path.Length < (path[0] == AlertKey.Section ? Deepest + 1 : Deepest))
        {
            Section(file, parser, path, settings);
        }
        else
        {
            throw Wrong(file, parser.Current!, "a plain value is expected");
        }
    }

    private static T? Take<T>(Parser parser)
        where T : ParsingEvent => parser.Accept<T>(out _) ? parser.Consume<T>() : null;

    private static void Refuse(string file, NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
            throw Wrong(file, node, "anchors are not taken here");
        if (!node.Tag.IsEmpty)
            throw Wrong(file, node, "tags are not taken here");
    }

    private static ToolException Wrong(string file, ParsingEvent at, string what) =>
        new($"{file}:{at.Start.Line}: {(at is AnchorAlias ? "aliases are not taken here" : what)}", ExitCode.Usage);

    // The library puts the place before its message.
    private static string Plain(string message) => message.Split("): ", 2) is [_, var said] ? said : message;
}
