using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tcpwhy.Cli.Commands;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Reporting;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public sealed partial class ReportTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tcpwhy-report-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public void Json_keeps_its_schema(string language)
    {
        foreach (string[] more in (string[][])[[], ["--redact"]])
            Assert.Empty(Errors(Made(ReportExamples.Incident, ["--format", "json", "--lang", language, .. more]).Out));
        Assert.Empty(Errors(Replayed("--format", "json", "--lang", language).Out));
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public void Every_figure_on_the_page_is_that_of_the_json_report(string language)
    {
        foreach (Func<string, string> made in (Func<string, string>[])[format => Made(ReportExamples.Incident, ["--format", format, "--lang", language]).Out, format => Replayed("--format", format, "--lang", language).Out])
        {
            JsonElement json = JsonDocument.Parse(made("json")).RootElement;
            MatchCollection figures = Figure().Matches(made("html"));
            Assert.True(figures.Count > 20, $"{figures.Count} figures");
            Assert.All(figures, figure => Assert.Equal(At(json, figure.Groups["path"].Value).GetDouble(), double.Parse(figure.Groups["value"].Value, CultureInfo.InvariantCulture)));
        }
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("' style='position:fixed")]
    [InlineData("</style><style>*{display:none}")]
    [InlineData("\u202egpj.exe\e[2J")]
    [InlineData("&lt;b&gt; & co")]
    public void Names_from_outside_do_not_become_markup(string name)
    {
        string page = Made(ReportExamples.Hostile(name), ["--format", "html"]).Out;
        string tame = Made(ReportExamples.Hostile("x"), ["--format", "html"]).Out;

        // The same elements with the same attributes, whatever the name.
        Assert.Equal(Tag().Matches(tame).Select(tag => tag.Value), Tag().Matches(page).Select(tag => tag.Value));
        Assert.DoesNotContain('\u202e', page);
        Assert.DoesNotContain('\e', page);
        Assert.Contains(System.Net.WebUtility.HtmlEncode(Escape.Visible(name)), page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_needs_nothing_from_elsewhere()
    {
        string page = Made(ReportExamples.Incident, ["--format", "html"]).Out;

        Assert.Contains("Content-Security-Policy", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", page, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("""(src|href)="(?!data:,)""", page);
        Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("report.txt", "en")]
    [InlineData("report.ko.txt", "ko")]
    public void Text_is_as_recorded(string file, string language)
    {
        string text = Made(ReportExamples.Incident, ["--lang", language]).Out;

        Assert.All(text.Split('\n'), line => Assert.True(DisplayWidth.Of(line) <= 80, line));
        Golden.Matches(file, text);
    }

    [Fact]
    public void Help_is_as_recorded() => Golden.Matches("help.report.txt", Made(ReportExamples.Incident, ["--help"]).Out);

    [Fact]
    public void The_incident_has_its_patterns()
    {
        string[] patterns = [.. JsonDocument.Parse(Made(ReportExamples.Incident, ["--format", "json"]).Out).RootElement.GetProperty("patterns").EnumerateArray().Select(one => one.GetProperty("pattern").GetString()!)];

        Assert.Contains("starts-above", patterns);
        Assert.Contains("periodic", patterns);
    }

    [Fact]
    public void Redaction_leaves_no_address_and_no_host()
    {
        foreach (string format in (string[])["json", "html", "text"])
        {
            string text = Made(ReportExamples.Incident, ["--format", format, "--redact"]).Out;
            Assert.DoesNotContain("10.0.", text, StringComparison.Ordinal);
            Assert.DoesNotContain("2001:db8::17", text, StringComparison.Ordinal);
            Assert.DoesNotContain("web-3", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_is_written_whole_and_not_over_another_unless_asked()
    {
        string file = Path.Combine(_directory, "report.html");

        Assert.Equal(ExitCode.Done, Made(ReportExamples.Incident, ["--output", file]).Status);
        Assert.StartsWith("<!doctype html>", File.ReadAllText(file));
        Run again = Made(ReportExamples.Incident, ["--output", file, "--format", "json"]);
        Assert.Equal((ExitCode.Usage, $"tcpwhy: {file}: exists already; --force replaces it\n"), (again.Status, again.Error));
        Assert.StartsWith("<!doctype html>", File.ReadAllText(file));
        Assert.Equal(ExitCode.Done, Made(ReportExamples.Incident, ["--output", file, "--format", "json", "--force"]).Status);
        Assert.Empty(Errors(File.ReadAllText(file)));
        Assert.Equal([file], Directory.GetFileSystemEntries(_directory));
    }

    [Theory]
    [InlineData("/tmp is a directory; --output takes a file", "--output", "/tmp")]
    [InlineData("/nowhere/report.html: there is no such directory", "--output", "/nowhere/report.html")]
    [InlineData("/dev/null is a device; without --output the report goes to stdout", "--output", "/dev/null", "--force")]
    [InlineData("--once takes one reading at once: it has no --duration", "--once", "--duration", "5s")]
    [InlineData("--format takes text, json, html, not 'pdf'", "--format", "pdf")]
    public void What_is_wrong_is_said_in_one_line_before_anything_is_watched(string complaint, params string[] arguments)
    {
        Run run = With(() => throw new InvalidOperationException("gathered"), arguments);

        Assert.Equal((ExitCode.Usage, $"tcpwhy: {complaint}\n", ""), (run.Status, run.Error, run.Out));
    }

    [Fact]
    public void Names_of_series_are_known_in_Korean()
    {
        Assert.All(ReportExamples.Incident.Series, series => Assert.True(Translations.Knows(series.Name), series.Name));
        Assert.All(ReportExamples.Incident.Patterns, pattern => Assert.True(Translations.Knows(pattern.Subject), pattern.Subject));
    }

    private static Run Made(Report report, string[] arguments) => With(() => report, arguments);

    private static Run Replayed(params string[] arguments) => With(null, [Path.Combine(Golden.Repository, "samples/keepalive-race.jsonl"), .. arguments]);

    private static Run With(Func<Report>? gather, string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        Session session = new() { Out = output, Error = error, Variable = _ => null };
        int status = CommandLine.Run(session, ["report", .. arguments], new ReportCommand(session) { Gather = gather });
        return new Run(status, output.ToString(), error.ToString());
    }

    private static IReadOnlyList<string> Errors(string json) =>
        [.. JsonSchema.Errors(JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas/report.json"))).RootElement, JsonDocument.Parse(json).RootElement)];

    // timeline[3].values[state.time_wait], findings[0].count
    private static JsonElement At(JsonElement json, string path)
    {
        foreach (Match step in Step().Matches(path))
        {
            string name = step.Groups[1].Success ? step.Groups[1].Value : step.Groups[2].Value;
            json = json.ValueKind == JsonValueKind.Array ? json[int.Parse(name, CultureInfo.InvariantCulture)] : json.GetProperty(name);
        }
        return json;
    }

    [GeneratedRegex("""<data value="(?<value>[^"]+)" data-figure="(?<path>[^"]+)">""")]
    private static partial Regex Figure();

    [GeneratedRegex(@"\[([^\]]+)\]|([^.\[\]]+)")]
    private static partial Regex Step();

    [GeneratedRegex("</?[a-z][^ >]*")]
    private static partial Regex Tag();
}
