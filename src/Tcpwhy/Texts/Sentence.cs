using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tcpwhy.Texts;

/// <summary>A sentence that is said in the reader's language: an English phrase, which is the key to its translation, with what stands in its places {0}, {1} …. An interpolated string becomes one by itself, so that <c>$"{path}: no such file"</c> is said in any language.</summary>
[InterpolatedStringHandler]
public sealed class Sentence : IEquatable<Sentence>
{
    private readonly StringBuilder _phrase;
    private readonly List<object> _values = [];

    public Sentence(string phrase, params ReadOnlySpan<string> values)
    {
        _phrase = new StringBuilder(phrase);
        foreach (string value in values)
            _values.Add(value);
    }

    /// <summary>What the compiler calls for an interpolated string.</summary>
    public Sentence(int literalLength, int formattedCount) => _phrase = new StringBuilder(literalLength + (4 * formattedCount));

    /// <summary>In English, with its places.</summary>
    public string Phrase => _phrase.ToString();

    /// <summary>Words without places.</summary>
    public static implicit operator Sentence(string words) => new(words);

    /// <summary>What an error says, in any language where it is one of ours.</summary>
    public static Sentence Of(Exception error) => error is Model.ToolException ours ? ours.Sentence : new Sentence(error.Message);

    /// <summary>The sentence in a language; sentences within it too.</summary>
    public string In(Language language)
    {
        string phrase = Translations.Get(language, Phrase);
        return _values.Count == 0 ? phrase
            : string.Format(CultureInfo.InvariantCulture, phrase, [.. _values.Select(value => value is Sentence inner ? inner.In(language) : value)]);
    }

    public override string ToString() => In(Language.English);

    public void AppendLiteral(string words) => _phrase.Append(words.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

    public void AppendFormatted<T>(T value) => AppendFormatted(value, null);

    public void AppendFormatted<T>(T value, string? format)
    {
        _phrase.Append('{').Append(_values.Count).Append('}');
        _values.Add(value switch
        {
            Sentence inner => inner,
            IFormattable number => number.ToString(format, CultureInfo.InvariantCulture),
            _ => value?.ToString() ?? "",
        });
    }

    public bool Equals(Sentence? other) => other is not null && Phrase == other.Phrase && _values.SequenceEqual(other._values);

    public override bool Equals(object? obj) => Equals(obj as Sentence);

    public override int GetHashCode() => HashCode.Combine(Phrase, _values.Count);
}
