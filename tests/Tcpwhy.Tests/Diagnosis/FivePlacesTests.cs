using System.Globalization;
using Tcpwhy.Diagnosis;
using Tcpwhy.Lab;
using Tcpwhy.Tests.Cli;
using Tcpwhy.Tests.Scenarios;
using Tcpwhy.Texts;
using Xunit;
using Fault = Tcpwhy.Lab.Fault;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>One cause, one word, everywhere: its code, its page in both languages, its fault in the lab, its recording. (Its row in the README is held by ReadmeTests.)</summary>
public class FivePlacesTests
{
    private const string Recordings = "tests/Tcpwhy.Tests/Scenarios";

    public static TheoryData<string> Causes => [.. Catalogue.All.Select(cause => cause.Id)];

    [Theory]
    [MemberData(nameof(Causes))]
    public void A_cause_has_its_code_page_fault_and_recording(string cause)
    {
        string name = string.Concat(cause.Split('-').Select(word => char.ToUpper(word[0], CultureInfo.InvariantCulture) + word[1..]));
        Assert.Equal(name, Catalogue.All.Single(one => one.Id == cause).GetType().Name);
        List<string> files = [$"src/Tcpwhy/Diagnosis/Causes/{name}.cs", $"docs/causes/{cause}.md", $"docs/causes/{cause}.ko.md", $"{Recordings}/{cause}.jsonl"];
        // What is not known cannot be made on purpose.
        if (!cause.StartsWith("unknown-", StringComparison.Ordinal))
        {
            files.Add($"src/Tcpwhy.Lab/Faults/{name}.cs");
            Assert.NotNull(FaultCatalogue.Find(cause));
        }
        Assert.All(files, file => Assert.True(File.Exists(Path.Combine(Golden.Repository, file)), $"{file} is missing"));
    }

    [Fact]
    public void No_place_has_a_word_that_is_no_cause()
    {
        string[] causes = [.. Catalogue.All.Select(cause => cause.Id)];
        Assert.Equal(causes.Order(StringComparer.Ordinal), CausePage.Causes());
        Assert.Empty(FaultCatalogue.All.Select(fault => fault.Cause).Except(causes));
        Assert.Empty(Scenario.All.Select(Scenario.CauseOf).Except(causes));
        Assert.Equal(causes.Length, causes.Distinct().Count());
    }

    [Fact]
    public void The_catalogue_is_the_only_list_and_forgets_none()
    {
        Assert.Equal(Catalogue.All.Count, typeof(Cause).Assembly.GetTypes().Count(type => type.IsSubclassOf(typeof(Cause))));
        Assert.Equal(FaultCatalogue.All.Count, typeof(Fault).Assembly.GetTypes().Count(type => type.IsSubclassOf(typeof(Fault))));
        // What a kernel program feeds stands beside its name: a source says itself what it cannot see, the test server what it makes, and a rule of lint what it leads to.
        string[] own = ["src/Tcpwhy/Diagnosis/Causes/", "src/Tcpwhy.Lab/Faults/", "src/Tcpwhy/Sources/", "src/Tcpwhy/Serving/Misbehaviour.cs", "src/Tcpwhy/Balancers/Rules/"];
        string[] words = [.. Catalogue.All.Select(cause => $"\"{cause.Id}\"")];
        foreach (string file in Directory.GetFiles(Path.Combine(Golden.Repository, "src"), "*.cs", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(Golden.Repository, file);
            if (!own.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)))
                Assert.DoesNotContain(words, word => File.ReadAllText(file).Contains(word, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_cause_yields_only_to_causes_that_exist() =>
        Assert.Empty(Catalogue.All.SelectMany(cause => cause.YieldsTo).Except(Catalogue.All.Select(cause => cause.Id)));

    [Theory]
    [MemberData(nameof(Causes))]
    public void A_page_promises_no_fault_that_the_lab_cannot_make(string cause)
    {
        foreach (Language language in new[] { Language.English, Language.Korean })
        {
            bool promised = CausePage.Of(cause).Body(language).Contains($"lab run {cause}", StringComparison.Ordinal);
            Assert.Equal(FaultCatalogue.Find(cause) is not null, promised);
        }
    }
}
