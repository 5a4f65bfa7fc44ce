using Tcpwhy.Texts;

namespace Tcpwhy.Tuning;

/// <summary>A sentence that tuning says: an English phrase, translated when shown, and the values for its places {0}, {1} ….</summary>
public sealed record Sentence(string Phrase, params string[] Values)
{
    /// <summary>The sentence in the reader's language.</summary>
    public string In(Language language)
    {
        string phrase = Translations.Get(language, Phrase);
        return Values.Length == 0 ? phrase : string.Format(phrase, Values);
    }

    public bool Equals(Sentence? other) => other is not null && Phrase == other.Phrase && Values.AsSpan().SequenceEqual(other.Values);

    public override int GetHashCode() => HashCode.Combine(Phrase, Values.Length);
}
