using System.Text.RegularExpressions;
using Tcpwhy.Diagnosis;
using Tcpwhy.Model;
using Tcpwhy.Tests.Cli;
using Tcpwhy.Tests.Scenarios;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>A rule names texts by keys, and a page names facts in braces: neither may name what the other does not have.</summary>
public partial class RuleAndPageTests
{
    private static readonly string[] Everywhere = ["count", "client", "server", "service"], OfRemedies = ["setting", "from", "to"];

    public static TheoryData<string> Causes => [.. Catalogue.All.Select(cause => cause.Id)];

    [Theory, MemberData(nameof(Causes))]
    public void A_rule_and_its_page_speak_of_the_same_remedies_and_facts(string id)
    {
        string rule = File.ReadAllText(Source(id));
        CausePage page = CausePage.Of(id);
        string[] keys = [.. page.Keys.Where(key => !key.EndsWith(".ko", StringComparison.Ordinal))];
        string[] sentences = [.. keys.Select(key => page.Sentence(key, Language.English)!)];

        Assert.Equal(keys.Where(key => key.StartsWith("remedy.", StringComparison.Ordinal)).Order(), Words(RemedyCall(), rule).Select(key => "remedy." + key));
        Assert.Equal(keys.Where(key => key.StartsWith("settles.", StringComparison.Ordinal)).Order(), Words(SettleCall(), rule).Select(key => "settles." + key));
        string[] named = [.. sentences.SelectMany(sentence => Words(Placeholder(), sentence)).Distinct().Except(OfRemedies)];
        string[] told = Words(TellsCall(), rule);
        Assert.Empty(named.Except(told).Except(Everywhere));
        Assert.Empty(told.Except(named));
    }

    [Theory, MemberData(nameof(Causes))]
    public void A_real_finding_leaves_no_name_in_braces(string id)
    {
        CausePage page = CausePage.Of(id);
        Finding finding = Scenario.Judge(Scenario.Read(id)).Findings.First(finding => finding.Cause == id);
        foreach (Language language in Enum.GetValues<Language>())
        {
            Assert.DoesNotMatch(Placeholder(), page.Explanation(finding, language));
            Assert.DoesNotMatch(Placeholder(), page.Settles(finding, language) ?? "");
            Assert.All(finding.Remedy, remedy => Assert.DoesNotMatch(Placeholder(), page.Remedy(remedy, finding, language)));
        }
        Assert.DoesNotContain("?", finding.Facts.Values);
        Assert.DoesNotContain("", finding.Facts.Values);
    }

    private static string Source(string id) =>
        Path.Combine(Golden.Repository, "src/Tcpwhy/Diagnosis/Causes", Catalogue.All.Single(cause => cause.Id == id).GetType().Name + ".cs");

    private static string[] Words(Regex pattern, string text) => [.. pattern.Matches(text).Select(match => match.Groups[1].Value).Distinct().Order()];

    [GeneratedRegex("""\.Remedy\("[a-z-]+", "([a-z0-9-]+)""")]
    private static partial Regex RemedyCall();

    [GeneratedRegex("""\.SettleBy\("([a-z-]+)""")]
    private static partial Regex SettleCall();

    [GeneratedRegex("""\.Tells\("([a-z_]+)""")]
    private static partial Regex TellsCall();

    [GeneratedRegex(@"\{([a-z_]+)\}")]
    private static partial Regex Placeholder();
}
