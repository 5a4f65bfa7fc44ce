using System.Globalization;
using Tcpwhy.Diagnosis;
using Tcpwhy.Lab;
using Tcpwhy.Tests.Cli;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>One cause, one word, everywhere: its code, its page in both languages, its fault in the lab, its recording. (Its row in the README is held by ReadmeTests.)</summary>
public class FivePlacesTests
{
    private const string Recordings = "tests/Tcpwhy.Tests/Scenarios";

    public static TheoryData<string> Causes => [.. Catalogue.All.Select(cause => cause.Id)];

    [Theory]
    [MemberData(nameof(Causes))]
    public void A_cause_has_its_code_page_and_fault(string cause)
    {
        string name = string.Concat(cause.Split('-').Select(word => char.ToUpper(word[0], CultureInfo.InvariantCulture) + word[1..]));
        List<string> files = [$"src/Tcpwhy/Diagnosis/Causes/{name}.cs", $"docs/causes/{cause}.md", $"docs/causes/{cause}.ko.md"];
        // What is not known cannot be made on purpose.
        if (!cause.StartsWith("unknown-", StringComparison.Ordinal))
        {
            files.Add($"src/Tcpwhy.Lab/Faults/{name}.cs");
            Assert.NotNull(FaultCatalogue.Find(cause));
        }
        Assert.All(files, file => Assert.True(File.Exists(Path.Combine(Golden.Repository, file)), $"{file} is missing"));
    }

    [Fact]
    public void A_cause_has_its_recording()
    {
        string folder = Path.Combine(Golden.Repository, Recordings);
        Assert.SkipUnless(Directory.Exists(folder), $"no {Recordings} yet");
        Assert.All(Catalogue.All, cause => Assert.True(File.Exists(Path.Combine(folder, cause.Id + ".jsonl")), $"{Recordings}/{cause.Id}.jsonl is missing"));
    }

    [Fact]
    public void No_page_or_fault_is_without_its_cause()
    {
        string[] causes = [.. Catalogue.All.Select(cause => cause.Id)];
        Assert.Equal(causes.Order(StringComparer.Ordinal), CausePage.Causes());
        Assert.Empty(FaultCatalogue.All.Select(fault => fault.Cause).Except(causes));
        Assert.Equal(causes.Length, causes.Distinct().Count());
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
