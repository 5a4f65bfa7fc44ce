using System.Text;
using System.Text.RegularExpressions;

namespace Tcpwhy.Tests.Texts;

/// <summary>A phrase that a source file says, with {0}, {1} … for what is put in.</summary>
/// <param name="Lost">Whether it is interpolated where the compiler makes a string of it, and no sentence: it cannot be translated any more.</param>
internal sealed record SourceSentence(string File, int Line, string Phrase, bool Lost);

/// <summary>Finds the literals that stand as arguments of certain calls: as little of C# as that takes.</summary>
internal static partial class SourceSentences
{
    /// <summary>Every such phrase of the files below a folder; those without a letter of their own say nothing.</summary>
    public static IEnumerable<SourceSentence> Of(string folder, Regex calls)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
        {
            string source = File.ReadAllText(file);
            foreach (Match call in calls.Matches(source))
            {
                foreach (SourceSentence one in Arguments(file, source, call.Index + call.Length))
                {
                    if (Letter().IsMatch(Place().Replace(one.Phrase, "")))
                        yield return one;
                }
            }
        }
    }

    private static IEnumerable<SourceSentence> Arguments(string file, string source, int at)
    {
        for (int depth = 1; depth > 0;)
        {
            if (IsLiteral(source, at))
            {
                int start = at;
                (string phrase, int places) = Literal(source, ref at);
                bool isArgument = source.AsSpan(0, start).TrimEnd() is [.., '(' or ','];
                if (depth == 1)
                    yield return new SourceSentence(Path.GetFileName(file), 1 + source.AsSpan(0, start).Count('\n'), phrase, places > 0 && !isArgument);
                continue;
            }
            depth += Depth(source, ref at);
        }
    }

    private static bool IsLiteral(string source, int at) => source[at] == '"' || (source[at] == '$' && source[at + 1] == '"');

    private static (string Phrase, int Places) Literal(string source, ref int at)
    {
        bool interpolated = source[at] == '$';
        at += interpolated ? 2 : 1;
        StringBuilder phrase = new();
        int places = 0;
        while (source[at] != '"')
        {
            if (source[at] == '\\' || (interpolated && source[at] is '{' or '}' && source[at + 1] == source[at]))
            {
                phrase.Append(source, at, 2);
                at += 2;
            }
            else if (interpolated && source[at] == '{')
            {
                phrase.Append('{').Append(places++).Append('}');
                at++;
                for (int depth = 1; depth > 0;)
                {
                    if (IsLiteral(source, at))
                        Literal(source, ref at);
                    else
                        depth += Depth(source, ref at);
                }
            }
            else
            {
                phrase.Append(source[at++]);
            }
        }
        at++;
        return (Regex.Unescape(phrase.ToString()), places);
    }

    private static int Depth(string source, ref int at)
    {
        // A bracket in quotes opens nothing.
        if (source[at] == '\'' && source[at + 2] == '\'')
        {
            at += 3;
            return 0;
        }
        return source[at++] switch
        {
            '(' or '[' or '{' => 1,
            ')' or ']' or '}' => -1,
            _ => 0,
        };
    }

    [GeneratedRegex("[A-Za-z]")]
    private static partial Regex Letter();

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Place();
}
