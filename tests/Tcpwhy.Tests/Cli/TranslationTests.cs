using System.Text.RegularExpressions;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public partial class TranslationTests
{
    public static TheoryData<string> Spoken()
    {
        SortedSet<string> phrases = [];
        Scan("src/Tcpwhy.Cli", Translated(), phrases);
        Scan("src/Tcpwhy.Cli", Counted(), phrases);
        Scan("src/Tcpwhy.Cli/Commands", Described(), phrases);
        Scan("src/Tcpwhy/Diagnosis", Observed(), phrases);
        Scan("src/Tcpwhy/Pools", Observed(), phrases);
        Scan("src/Tcpwhy.Cli/Ui", Judged(), phrases);
        Scan("src/Tcpwhy/Alerting", Translated(), phrases);
        Scan("src/Tcpwhy/Alerting", Told(), phrases);
        Scan("src/Tcpwhy.Cli/Configuration", Key(), phrases);
        return new TheoryData<string>(phrases);
    }

    [Theory]
    [MemberData(nameof(Spoken))]
    public void Every_phrase_is_known_in_Korean(string phrase)
    {
        Assert.True(Translations.Knows(phrase), $"no line in src/Tcpwhy/Texts/ko.txt for: {phrase}");
        string[] places = Placeholder().Matches(phrase).Select(match => match.Value).Order().Distinct().ToArray();
        string[] translated = Placeholder().Matches(Translations.Get(Language.Korean, phrase)).Select(match => match.Value).Order().Distinct().ToArray();
        Assert.Equal(places, translated);
    }

    [Fact]
    public void Enough_phrases_are_found() => Assert.True(Spoken().Count > 60);

    [Fact]
    public void An_unknown_phrase_stays_English() => Assert.Equal("never said", Translations.Get(Language.Korean, "never said"));

    [Fact]
    public void Escapes_are_undone() =>
        Assert.Equal("가 = 나\n\\", Translations.Parse(new StringReader("# comment\n\na \\= b = 가 \\= 나\\n\\\\\n"))["a = b"]);

    [Theory]
    [InlineData("no divider")]
    [InlineData("a = b\na = c")]
    public void A_malformed_resource_is_told(string lines) =>
        Assert.Throws<InvalidDataException>(() => Translations.Parse(new StringReader(lines)));

    private static void Scan(string folder, Regex calls, SortedSet<string> phrases)
    {
        string path = Path.Combine(Golden.Repository, folder);
        if (!Directory.Exists(path))
            return;
        foreach (string file in Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories))
        {
            foreach (Match call in calls.Matches(File.ReadAllText(file)))
            {
                foreach (Capture phrase in call.Groups["phrase"].Captures)
                    phrases.Add(Regex.Unescape(phrase.Value));
            }
        }
    }

    [GeneratedRegex("""\bT\("(?<phrase>(?:[^"\\]|\\.)*)"[,)]""")]
    private static partial Regex Translated();

    [GeneratedRegex("""\bCount\([^"]*"(?<phrase>(?:[^"\\]|\\.)*)",\s*"(?<phrase>(?:[^"\\]|\\.)*)"\)""")]
    private static partial Regex Counted();

    // Descriptions of arguments, options and commands, which the help page translates.
    [GeneratedRegex("""(?:\bDescription = |\bbase\("\w+", |\b(?:Choice\.Of(?:<[^(]*>)?|Of|Duration\.Option)\(session, "--[\w-]+", |RootCommand root = new\()"(?<phrase>(?:[^"\\]|\\.)*)"(?!:)""")]
    private static partial Regex Described();

    // What a cause observed, which is translated when shown.
    [GeneratedRegex("""\.(?:For|Against)\([^"]*"(?<phrase>(?:[^"\\]|\\.)*)"[,)]""")]
    private static partial Regex Observed();

    // Titles and remedies of verdicts on pools.
    [GeneratedRegex("""\bPoolVerdict\.\w+ => "(?<phrase>[A-Z](?:[^"\\]|\\.)*)",""")]
    private static partial Regex Judged();

    // What goes wrong with deliveries.
    [GeneratedRegex("""(?:\b[sS]ay\(|\bnew(?: DeliveryResult)?\()"(?<phrase>(?:[^"\\]|\\.)* (?:[^"\\]|\\.)*)"[,)]""")]
    private static partial Regex Told();

    // Keys of alerts in the configuration.
    [GeneratedRegex("""\bnew\("[\w-]+", "(?:[^"\\]|\\.)*", "(?<phrase>(?:[^"\\]|\\.)*)"\)""")]
    private static partial Regex Key();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Placeholder();
}
