using System.Text.RegularExpressions;
using Tcpwhy.Model;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public partial class CausePageTests
{
    public static TheoryData<string> Causes() => new(CausePage.Causes());

    [Theory]
    [MemberData(nameof(Causes))]
    public void A_page_says_the_same_in_both_languages(string cause)
    {
        CausePage page = CausePage.Of(cause);

        Assert.NotNull(page.Sentence("title", Language.English));
        Assert.NotNull(page.Sentence("explanation", Language.English));
        Assert.StartsWith("# " + cause, page.Body(Language.English));
        foreach (string key in page.Keys.Where(key => !key.EndsWith(".ko", StringComparison.Ordinal)))
        {
            Assert.Contains(key + ".ko", page.Keys);
            Assert.Equal(Names(page.Sentence(key, Language.English)!), Names(page.Sentence(key, Language.Korean)!));
        }
    }

    [Fact]
    public void Facts_take_the_place_of_their_names() =>
        Assert.Equal("a java b 3 from 128 to 4096, {absent} {",
            CausePage.Fill("a {server} b {n} from {from} to {to}, {absent} {",
                new Dictionary<string, string> { ["server"] = "java", ["n"] = "3" }, new Remedy("sysctl", "x", "s", "128", "4096")));

    [Fact]
    public void A_page_that_is_not_there_shows_names_in_braces()
    {
        CausePage page = CausePage.Of("no-such-cause");

        Assert.Null(CausePage.Find("no-such-cause"));
        Assert.Equal("no-such-cause", page.Title(Language.Korean));
        Assert.Equal("{explanation}", page.Explanation(Examples.CloseUnread, Language.English));
    }

    [Fact]
    public void Findings_leave_no_name_in_braces() =>
        Assert.DoesNotMatch(Braces(), Run.With(Examples.Broken with { Findings = [Examples.CloseUnread] }, "diagnose").Out);

    [Theory]
    [MemberData(nameof(Causes))]
    public void Every_page_can_be_explained_within_80_columns(string cause)
    {
        foreach (string language in new[] { "en", "ko" })
        {
            Run run = Run.Of("explain", cause, "--lang", language);
            Assert.Equal(ExitCode.Done, run.Status);
            Assert.DoesNotContain("```", run.Out);
            foreach (string line in run.Out.Split('\n'))
                Assert.True(Tcpwhy.Cli.Ui.DisplayWidth.Of(line) <= 80, line);
        }
    }

    [Fact]
    public void All_causes_are_listed() =>
        Assert.All(CausePage.Causes(), cause => Assert.Contains(cause, Run.Of("explain").Out));

    private static string[] Names(string sentence) => [.. Braces().Matches(sentence).Select(match => match.Value).Order().Distinct()];

    [GeneratedRegex(@"\{[\w.-]+\}")]
    private static partial Regex Braces();
}
