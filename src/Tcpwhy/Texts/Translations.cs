using System.Text;

namespace Tcpwhy.Texts;

/// <summary>Everything that the program says to a person: the English phrase is the key to its translation.</summary>
public static class Translations
{
    private static readonly Lazy<Dictionary<string, string>> Korean = new(() =>
    {
        using Stream lines = typeof(Translations).Assembly.GetManifestResourceStream("texts/ko.txt")!;
        return Parse(new StreamReader(lines));
    });

    /// <summary>The phrase in the language, or the English phrase itself where there is no translation.</summary>
    public static string Get(Language language, string phrase) =>
        language == Language.Korean && Korean.Value.TryGetValue(phrase, out string? translated) ? translated : phrase;

    /// <summary>What was observed, in the language; of <c>reset sent: TCP_STATE</c> the part before the colon is the phrase.</summary>
    public static string Observed(Language language, string observation)
    {
        string whole = Get(language, observation);
        int colon = observation.IndexOf(": ", StringComparison.Ordinal);
        return colon < 0 || !ReferenceEquals(whole, observation) ? whole : Get(language, observation[..colon]) + observation[colon..];
    }

    /// <summary>Whether the phrase has a translation.</summary>
    public static bool Knows(string phrase) => Korean.Value.ContainsKey(phrase);

    /// <summary>Reads lines of <c>English = translation</c>; <c>\=</c>, <c>\\</c> and <c>\n</c> are escapes and <c>#</c> begins a comment line.</summary>
    internal static Dictionary<string, string> Parse(TextReader lines)
    {
        Dictionary<string, string> phrases = [];
        for (int number = 1; lines.ReadLine() is { } line; number++)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            int equals = line.IndexOf(" = ", StringComparison.Ordinal);
            if (equals < 0 || !phrases.TryAdd(Unescape(line[..equals]), Unescape(line[(equals + 3)..])))
                throw new InvalidDataException($"translation line {number} has no ' = ', or its phrase stood before: {line}");
        }
        return phrases;
    }

    private static string Unescape(string text)
    {
        if (!text.Contains('\\'))
            return text;
        StringBuilder plain = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
                plain.Append(text[++i] == 'n' ? '\n' : text[i]);
            else
                plain.Append(text[i]);
        }
        return plain.ToString();
    }
}
