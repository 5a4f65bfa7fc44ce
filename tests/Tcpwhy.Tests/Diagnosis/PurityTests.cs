using System.Text.RegularExpressions;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Tests.Cli;
using Tcpwhy.Tests.Scenarios;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>Diagnosis is a function of its events: no clock, no I/O, no randomness.</summary>
public partial class PurityTests
{
    public static TheoryData<string> Recordings => [.. Scenario.All];

    [Theory, MemberData(nameof(Recordings))]
    public void The_same_recording_gives_the_same_JSON(string scenario)
    {
        string Json() => JsonText.Of(DiagnosisJson.Of(Scenario.Judge(Scenario.Read(scenario)), Language.English), JsonShapes.Document.DiagnosisJson);

        Assert.Equal(Json(), Json());
    }

    [Fact]
    public void Its_source_names_neither_a_clock_nor_anything_outside()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Golden.Repository, "src/Tcpwhy/Diagnosis"), "*.cs", SearchOption.AllDirectories))
        {
            string code = Comment().Replace(File.ReadAllText(file), "");
            Assert.False(Outside().Match(code) is { Success: true } found, $"{Path.GetFileName(file)}: {Outside().Match(code)}");
        }
    }

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();

    // Of the kernel project, which does I/O, only the names of error numbers.
    [GeneratedRegex(@"\b(UtcNow|Now|Today|TimeProvider|Stopwatch|TickCount\w*|Environment|Random|NewGuid|GetHashCode|File|Directory|Console|Process\.\w*Start|Thread|Task|Timer|Socket\(|System\.IO|System\.Diagnostics|Tcpwhy\.Sources|Kernel\.(?!Errno\.Name))\b")]
    private static partial Regex Outside();
}
