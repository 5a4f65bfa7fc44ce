using System.Text.Json;
using Tcpwhy.Tests.Cli;
using Xunit;

namespace Tcpwhy.Tests.Tuning;

public sealed class CompareTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tcpwhy-compare-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("compare.txt", "en")]
    [InlineData("compare.ko.txt", "ko")]
    public void Beside_an_earlier_window_it_says_whether_it_helped(string golden, string language)
    {
        Run after = Run.With(Examples.Quiet, "diagnose", "--lang", language, "--compare", Before());

        Assert.Equal((0, ""), (after.Status, after.Error));
        Golden.Matches(golden, after.Out);
    }

    [Fact]
    public void As_json_it_keeps_the_schema()
    {
        string before = Before();
        foreach (string format in new[] { "json", "ndjson" })
        {
            JsonElement after = JsonDocument.Parse(Run.With(Examples.Quiet, "diagnose", "--format", format, "--compare", before).Out).RootElement;
            Assert.Empty(JsonSchema.Errors(JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas/diagnosis.json"))).RootElement, after));
            Assert.Equal("better", after.GetProperty("comparison").GetProperty("verdict").GetString());
            Assert.Equal("attempts", after.GetProperty("comparison").GetProperty("exposure").GetString());
        }
    }

    [Fact]
    public void The_same_window_proves_nothing() =>
        Assert.Contains("Not enough data to tell better from worse.", Run.Of("diagnose", "--compare", Before()).Out, StringComparison.Ordinal);

    // A filter chooses among failures and not among attempts, so these are no measure then.
    [Fact]
    public void With_a_filter_failures_are_counted_per_second() =>
        Assert.Equal("seconds", JsonDocument.Parse(Run.Of("diagnose", "dport = :80", "--format", "json", "--compare", Before()).Out).RootElement.GetProperty("comparison").GetProperty("exposure").GetString());

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("[]", "its schema is not tcpwhy.diagnosis/1")]
    [InlineData("{\"schema\":\"tcpwhy.load/1\"}", "its schema is not tcpwhy.diagnosis/1")]
    [InlineData("{\"schema\":\"tcpwhy.diagnosis/1\"}", "no diagnosis")]
    [InlineData("{\"schema\":\"tcpwhy.diagnosis/1\",\"window\":{\"start\":\"x\"}}", "no diagnosis")]
    public void A_file_that_is_no_diagnosis_is_told(string content, string told)
    {
        string file = Path.Combine(_directory.FullName, "before.json");
        File.WriteAllText(file, content);

        Run refused = Run.Of("diagnose", "--compare", file);

        Assert.Equal((2, ""), (refused.Status, refused.Out));
        Assert.Contains(told, Assert.Single(refused.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    private string Before()
    {
        string file = Path.Combine(_directory.FullName, "before.json");
        File.WriteAllText(file, Run.Of("diagnose", "--format", "json").Out);
        return file;
    }
}
