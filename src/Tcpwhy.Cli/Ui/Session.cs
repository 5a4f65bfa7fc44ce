using System.CommandLine;
using System.Globalization;
using Tcpwhy.Alerting;
using Tcpwhy.Cli.Configuration;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui;

/// <summary>When text is coloured.</summary>
internal enum ColourChoice
{
    Auto,
    Always,
    Never,
}

/// <summary>What one run of the program speaks with: stdout for data, stderr for talk, a language, colours.</summary>
internal sealed class Session
{
    private const int PipeWidth = 80;
    private const int ReadableWidth = 100;
    private ColourChoice _colour;

    public required TextWriter Out { get; init; }
    public required TextWriter Error { get; init; }
    public bool OutIsTerminal { get; init; }
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Width of the terminal in columns; asked only when there is one.</summary>
    public Func<int> Columns { get; init; } = () => PipeWidth;

    /// <summary>Stdout for commands that write bytes in large blocks; <see cref="Out"/> must have been flushed.</summary>
    public Func<Stream> OpenBytes { get; init; } = Console.OpenStandardOutput;

    /// <summary>Columns for tables that may be as wide as the terminal.</summary>
    public int FullWidth => OutIsTerminal ? Math.Max(Columns(), PipeWidth) : PipeWidth;

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Files and variables that set options.</summary>
    public ConfigSources Configuration { get; init; } = ConfigSources.None;

    public Language Language { get; private set; }

    /// <summary>What is an alert and who is told of it, as it is configured.</summary>
    public AlertPlan Alerts { get; set; } = AlertPlan.Usual;

    /// <summary>For data: what was asked for.</summary>
    public Screen Page => new(Out, OutIsTerminal ? Math.Clamp(Columns(), 40, ReadableWidth) : PipeWidth, Coloured(OutIsTerminal), Language);

    /// <summary>For talk: progress and complaints.</summary>
    public Screen Talk => new(Error, PipeWidth, Coloured(ErrorIsTerminal), Language);

    public static Session OfThisProcess() => new()
    {
        // Console.Out writes each piece by itself; one answer has hundreds.
        Out = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 16 * 1024),
        Error = Console.Error,
        OutIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Columns = () => Console.WindowWidth,
        Configuration = ConfigSources.OfThisProcess(),
    };

    /// <summary>Takes the language from --lang, else from the locale as gettext does, before anything is parsed: complaints speak it too.</summary>
    public void ChooseLanguage(ReadOnlySpan<string> arguments)
    {
        string? wanted = null;
        for (int i = 0; i < arguments.Length && arguments[i] != "--"; i++)
        {
            if (arguments[i] == "--lang" && i + 1 < arguments.Length)
                wanted = arguments[i + 1];
            else if (arguments[i].StartsWith("--lang=", StringComparison.Ordinal))
                wanted = arguments[i]["--lang=".Length..];
        }
        wanted ??= Set("LC_ALL") ?? Set("LC_MESSAGES") ?? Set("LANG") ?? "";
        Language = wanted == "ko" || wanted.StartsWith("ko_", StringComparison.Ordinal) || wanted.StartsWith("ko.", StringComparison.Ordinal)
            ? Language.Korean : Language.English;
        // The parser's own complaints come from its resources.
        if (Language == Language.Korean)
            CultureInfo.CurrentUICulture = new CultureInfo("ko");
    }

    /// <summary>Takes the options that all commands share.</summary>
    public void Settle(ParseResult parsed, Option<ColourChoice> colourOption)
    {
        if (parsed.Errors.Count == 0)
            _colour = parsed.GetValue(colourOption);
    }

    private string? Set(string name) => Variable(name) is { Length: > 0 } value ? value : null;

    private bool Coloured(bool terminal) => _colour switch
    {
        ColourChoice.Always => true,
        ColourChoice.Never => false,
        _ => terminal && Set("NO_COLOR") is null && Variable("TERM") is { Length: > 0 } and not "dumb",
    };
}
