using System.CommandLine;
using Tcpwhy.Cli.Ui;

namespace Tcpwhy.Cli.Commands;

/// <summary>Options that take one of a few words.</summary>
internal static class Choice
{
    /// <summary>An option whose value is the one that stands beside the word given; the first is the default.</summary>
    public static Option<T> Of<T>(Session session, string name, string description, params (string Word, T Value)[] choices) =>
        Of(session, name, description, choices[0].Value, choices);

    /// <summary>An option with a default that no word gives.</summary>
    public static Option<T> Of<T>(Session session, string name, string description, T otherwise, (string Word, T Value)[] choices)
    {
        string[] words = Array.ConvertAll(choices, choice => choice.Word);
        Option<T> option = new(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            DefaultValueFactory = _ => otherwise,
            CustomParser = result =>
            {
                string given = result.Tokens[0].Value;
                foreach ((string word, T value) in choices)
                {
                    if (word == given)
                        return value;
                }
                result.AddError(session.Talk.T("{0} takes {1}, not '{2}'", name, string.Join(", ", words), given));
                return otherwise;
            },
        };
        option.CompletionSources.Add(words);
        return option;
    }

    /// <summary>--format of commands that write one document.</summary>
    public static Option<OutputFormat> Format(Session session) =>
        Of(session, "--format", "how to write the result", ("text", OutputFormat.Text), ("json", OutputFormat.Json));

    /// <summary>--format of commands that can write line by line.</summary>
    public static Option<OutputFormat> FormatWithLines(Session session) =>
        Of(session, "--format", "how to write the result", ("text", OutputFormat.Text), ("json", OutputFormat.Json), ("ndjson", OutputFormat.Ndjson));
}

/// <summary>How a result is written.</summary>
internal enum OutputFormat
{
    Text,
    Json,
    Ndjson,
}
