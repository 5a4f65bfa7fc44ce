using System.Text.RegularExpressions;
using Tcpwhy.Diagnosis;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Tcpwhy.Tests.Cli;
using Tcpwhy.Tests.Scenarios;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>One cause, one word, everywhere: its rule, its page in two languages, its recording, its fault in the lab.</summary>
public partial class FivePlacesTests
{
    private static readonly string[] Everywhere = ["count", "client", "server", "service"], OfRemedies = ["setting", "from", "to"];

    public static TheoryData<string> Causes => [.. Catalogue.All.Select(cause => cause.Id)];

    [Theory, MemberData(nameof(Causes))]
    public void A_cause_has_its_word_in_five_places(string id)
    {
        string type = string.Concat(id.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

        Assert.Equal(type, Catalogue.All.Single(cause => cause.Id == id).GetType().Name);
        Assert.True(File.Exists(Source(id)), Source(id));
        Assert.True(File.Exists(Path.Combine(Golden.Repository, $"docs/causes/{id}.md")), "page");
        Assert.True(File.Exists(Path.Combine(Golden.Repository, $"docs/causes/{id}.ko.md")), "Korean page");
        Assert.Contains(id, Scenario.All);
        if (!id.StartsWith("unknown-", StringComparison.Ordinal))
        {
            Assert.Equal(type, FaultCatalogue.Find(id)?.GetType().Name);
            Assert.True(File.Exists(Path.Combine(Golden.Repository, $"src/Tcpwhy.Lab/Faults/{type}.cs")), "fault");
        }
    }

    [Fact]
    public void No_place_has_a_word_that_is_no_cause()
    {
        string[] ids = [.. Catalogue.All.Select(cause => cause.Id).Order(StringComparer.Ordinal)];

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal(ids.Length, typeof(Cause).Assembly.GetTypes().Count(type => type.IsSubclassOf(typeof(Cause))));
        Assert.Equal(ids, CausePage.Causes());
        Assert.Empty(FaultCatalogue.All.Select(fault => fault.Cause).Except(ids));
        Assert.Empty(Scenario.All.Select(Scenario.CauseOf).Except(ids));
        Assert.Empty(Catalogue.All.SelectMany(cause => cause.YieldsTo).Except(ids));
    }

    [Fact]
    public void No_other_list_of_causes_has_to_be_kept()
    {
        // What a kernel program feeds stands beside its name: a source says so itself what it cannot see.
        string[] own = ["src/Tcpwhy/Diagnosis/Causes/", "src/Tcpwhy.Lab/Faults/", "src/Tcpwhy/Sources/"];
        string word = string.Join('|', Catalogue.All.Select(cause => cause.Id));
        foreach (string file in Directory.GetFiles(Path.Combine(Golden.Repository, "src"), "*.cs", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(Golden.Repository, file);
            if (!own.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)))
                Assert.False(Regex.IsMatch(string.Join('\n', File.ReadLines(file).Where(line => !line.Contains("Examples", StringComparison.Ordinal) && !line.Contains("tcpwhy "))), $"\"({word})\""), path);
        }
    }

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
