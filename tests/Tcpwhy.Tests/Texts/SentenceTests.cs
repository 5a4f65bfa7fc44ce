using System.Text.RegularExpressions;
using Tcpwhy.Model;
using Tcpwhy.Tests.Cli;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Texts;

/// <summary>What is wrong is said in the reader's language, wherever in the program it is found.</summary>
public partial class SentenceTests
{
    /// <summary>What the program complains of, and the regular expression of the calls that say so.</summary>
    public static TheoryData<string> Said() => [.. All().Select(one => one.Phrase).Distinct().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Said))]
    public void Every_complaint_is_known_in_Korean(string phrase)
    {
        Assert.True(Translations.Knows(phrase), $"no line in src/Tcpwhy/Texts/ko.txt for: {phrase}");
        Assert.Equal(Places(phrase), Places(Translations.Get(Language.Korean, phrase)));
    }

    [Fact]
    public void No_complaint_is_interpolated_where_it_cannot_be_translated_any_more() =>
        Assert.Empty(All().Where(one => one.Lost).Select(one => $"{one.File}:{one.Line}: {one.Phrase}"));

    [Fact]
    public void Enough_complaints_are_found() => Assert.InRange(Said().Count, 80, 1_000);

    [Fact]
    public void An_interpolated_string_keeps_its_phrase_and_its_values()
    {
        int port = 8080;
        Sentence sentence = $"a {{b}} {port} {1.5:0.00} {"c"}";
        Assert.Equal(("a {{b}} {0} {1} {2}", "a {b} 8080 1.50 c"), (sentence.Phrase, sentence.ToString()));
    }

    [Fact]
    public void A_sentence_within_a_sentence_is_translated_too()
    {
        Sentence inner = "it has no address";
        var error = new ToolException($"{"shop"} does not resolve: {inner}", ExitCode.Unreachable);
        Assert.Equal("shop does not resolve: it has no address", error.Message);
        Assert.Equal("shop: 이름을 풀 수 없습니다: 주소가 없습니다", error.Sentence.In(Language.Korean));
    }

    [Fact]
    public void Braces_from_outside_stay_what_they_are()
    {
        string path = "{0}{x";
        Sentence one = $"{path}: no such file", other = path;
        Assert.Equal(("{0}{x: no such file", "{0}{x"), (one.In(Language.Korean).Replace("그런 파일이 없습니다", "no such file", StringComparison.Ordinal), other.In(Language.Korean)));
    }

    [Fact]
    public void The_program_says_it_in_the_language_that_was_chosen()
    {
        Run run = Run.Of("lint", "/no/such/file.cfg", "--lang", "ko");
        Assert.Equal((ExitCode.Usage, "tcpwhy: /no/such/file.cfg: 그런 파일이 없습니다\n"), (run.Status, run.Error));
    }

    private static IEnumerable<SourceSentence> All()
    {
        string[] whole = ["Tcpwhy/Tuning", "Tcpwhy/Probing", "Tcpwhy/Serving", "Tcpwhy/Loading", "Tcpwhy.Cli/Commands"];
        return whole.SelectMany(folder => SourceSentences.Of(Path.Combine(Golden.Repository, "src", folder), Complains()))
            .Concat(SourceSentences.Of(Path.Combine(Golden.Repository, "src/Tcpwhy/Balancers"), Fails()));
    }

    private static string[] Places(string phrase) => [.. Place().Matches(phrase).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"\b(?:new ToolException|new Sentence|Wrong|Refused)\(")]
    private static partial Regex Complains();

    // What these say of a line of a file is an InvalidDataException.
    [GeneratedRegex(@"\b(?:new ToolException|new Sentence)\(")]
    private static partial Regex Fails();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Place();
}
