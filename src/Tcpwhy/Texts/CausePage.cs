using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using Tcpwhy.Model;

namespace Tcpwhy.Texts;

/// <summary>The page of one cause, docs/causes/CAUSE.md: the sentences that findings are shown with, and the text of <c>tcpwhy explain</c>.</summary>
public sealed class CausePage
{
    private const string Folder = "causes/";
    private const string Extension = ".md";
    private const string KoreanExtension = ".ko.md";
    private static readonly Assembly Pages = typeof(CausePage).Assembly;
    private static readonly ConcurrentDictionary<string, CausePage> Read = new();

    private readonly Dictionary<string, string> _sentences;
    private readonly string _body;

    private CausePage(string cause, string text)
    {
        Cause = cause;
        (_sentences, _body) = Split(text);
    }

    /// <summary>The cause's code, as server-close-unread.</summary>
    public string Cause { get; }

    /// <summary>Names of the sentences in the front matter, as <c>remedy.drain.ko</c>.</summary>
    public IReadOnlyCollection<string> Keys => _sentences.Keys;

    /// <summary>The codes of all causes that have a page, in alphabetical order.</summary>
    public static string[] Causes()
    {
        List<string> causes = [];
        foreach (string name in Pages.GetManifestResourceNames())
        {
            if (name.StartsWith(Folder, StringComparison.Ordinal) && char.IsAsciiLetterLower(name[Folder.Length])
                && name.EndsWith(Extension, StringComparison.Ordinal) && !name.EndsWith(KoreanExtension, StringComparison.Ordinal))
                causes.Add(name[Folder.Length..^Extension.Length]);
        }
        causes.Sort(StringComparer.Ordinal);
        return [.. causes];
    }

    /// <summary>The cause's page, or null when there is none.</summary>
    public static CausePage? Find(string cause) =>
        Read.TryGetValue(cause, out CausePage? page) ? page
        : Resource(cause + Extension) is { } text && !cause.EndsWith(".ko", StringComparison.Ordinal) ? Read.GetOrAdd(cause, new CausePage(cause, text))
        : null;

    /// <summary>The cause's page; one without sentences, which are then shown by their names in braces, when there is none.</summary>
    public static CausePage Of(string cause) => Find(cause) ?? new CausePage(cause, "");

    public string Title(Language language) => Sentence("title", language) ?? Cause;

    /// <summary>What happened, in a sentence that names both ends.</summary>
    public string Explanation(Finding finding, Language language) =>
        Fill(Sentence("explanation", language) ?? "{explanation}", finding.Facts, null);

    /// <summary>What to change.</summary>
    public string Remedy(Remedy remedy, Finding finding, Language language) =>
        Fill(Sentence("remedy." + remedy.Key, language) ?? $"{{remedy.{remedy.Key}}}", finding.Facts, remedy);

    /// <summary>What would make a doubtful verdict certain, or null when the finding asks for nothing.</summary>
    public string? Settles(Finding finding, Language language) =>
        finding.SettlesIt is not { } key ? null : Fill(Sentence("settles." + key, language) ?? $"{{settles.{key}}}", finding.Facts, null);

    /// <summary>The sentence as it stands in the page, with its placeholders, or null; English where it has no twin in the language.</summary>
    public string? Sentence(string key, Language language) =>
        (language == Language.Korean ? _sentences.GetValueOrDefault(key + ".ko") : null) ?? _sentences.GetValueOrDefault(key);

    /// <summary>The page's Markdown after the front matter; English where it is not translated.</summary>
    public string Body(Language language) =>
        language == Language.Korean && Resource(Cause + KoreanExtension) is { } korean ? Split(korean).Body : _body;

    /// <summary>Puts facts in the place of their names in braces; a name without a fact stays as it is.</summary>
    internal static string Fill(string sentence, IReadOnlyDictionary<string, string> facts, Remedy? remedy)
    {
        int open = sentence.IndexOf('{');
        if (open < 0)
            return sentence;
        StringBuilder filled = new();
        int done = 0;
        for (; open >= 0; open = sentence.IndexOf('{', done))
        {
            int close = sentence.IndexOf('}', open);
            if (close < 0)
                break;
            string name = sentence[(open + 1)..close];
            string? value = facts.TryGetValue(name, out string? fact) ? fact : name switch
            {
                "setting" => remedy?.Setting,
                "from" => remedy?.From,
                "to" => remedy?.To,
                _ => null,
            };
            filled.Append(sentence, done, open - done).Append(value ?? sentence[open..(close + 1)]);
            done = close + 1;
        }
        return filled.Append(sentence, done, sentence.Length - done).ToString();
    }

    private static string? Resource(string file)
    {
        using Stream? stream = Pages.GetManifestResourceStream(Folder + file);
        if (stream is null)
            return null;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    private static (Dictionary<string, string> Sentences, string Body) Split(string text)
    {
        Dictionary<string, string> sentences = [];
        const string Fence = "---\n";
        int end = text.StartsWith(Fence, StringComparison.Ordinal) ? text.IndexOf("\n" + Fence, Fence.Length - 1, StringComparison.Ordinal) : -1;
        if (end < 0)
            return (sentences, text);
        foreach (Range range in text.AsSpan(Fence.Length, end - Fence.Length + 1).Split('\n'))
        {
            ReadOnlySpan<char> line = text.AsSpan(Fence.Length, end - Fence.Length + 1)[range];
            int colon = line.IndexOf(": ");
            if (colon > 0)
                sentences[line[..colon].ToString()] = line[(colon + 2)..].Trim().ToString();
        }
        return (sentences, text[(end + 1 + Fence.Length)..].Trim('\n'));
    }
}
