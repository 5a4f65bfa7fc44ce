using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tcpwhy.E2e.Hygiene;
using Xunit;

namespace Tcpwhy.E2e.Program;

/// <summary>The report of the built program, its page opened in a real browser.</summary>
[Collection(nameof(Alone))]
public sealed partial class ReportTests(BuiltProgram program) : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("tcpwhy-report-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("light", 1200, 900)]
    [InlineData("dark", 1200, 900)]
    [InlineData("light", 390, 844)]
    public async Task The_page_opens_in_a_browser_without_an_error_and_asks_nothing_of_the_network(string scheme, int width, int height)
    {
        BuiltProgram.Needs("root", "chromium", "unshare");
        string page = await PageAsync("en");
        string picture = Path.Combine(_directory, "page.png");

        (string talk, string[] requests) = await LoadAsync(page, picture, $"--window-size={width},{height}", $"--blink-settings=preferredColorScheme={(scheme == "dark" ? 0 : 1)}");

        Assert.DoesNotContain("CONSOLE", talk, StringComparison.Ordinal);
        Assert.Empty(requests);
        // A page that draws nothing compresses to almost nothing.
        Assert.True(new FileInfo(picture).Length > 20_000, $"{new FileInfo(picture).Length} bytes");
        Assert.Equal(width, PngWidth(picture));
    }

    [Fact]
    public async Task An_error_and_a_request_of_a_page_would_have_been_seen()
    {
        BuiltProgram.Needs("root", "chromium", "unshare");
        string page = Path.Combine(_directory, "loud.html");
        await File.WriteAllTextAsync(page, "<img src='http://192.0.2.1/x.png'><script>nothing.here()</script>");

        (string talk, string[] requests) = await LoadAsync(page, Path.Combine(_directory, "loud.png"));

        Assert.Contains("CONSOLE", talk, StringComparison.Ordinal);
        Assert.NotEmpty(requests);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public async Task The_browser_shows_the_figures_of_the_json_report(string language)
    {
        BuiltProgram.Needs("root", "chromium", "unshare");
        string page = await PageAsync(language);
        ProgramEnd json = await program.RunAsync("report", Sample, "--format", "json", "--lang", language);
        JsonElement report = JsonDocument.Parse(json.Out).RootElement;
        Assert.Empty(Tcpwhy.Tests.Cli.JsonSchema.Errors(Schema(), report));

        string seen = await BrowseAsync(page, "--dump-dom");

        MatchCollection figures = Figure().Matches(seen);
        Assert.True(figures.Count > 20, seen);
        Assert.All(figures, figure => Assert.Equal(At(report, figure.Groups["path"].Value), double.Parse(figure.Groups["value"].Value, CultureInfo.InvariantCulture)));
        Assert.Contains($"lang=\"{language}\"", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_window_on_this_host_tells_what_broke_in_it()
    {
        BuiltProgram.Needs("root");
        string file = Path.Combine(_directory, "window.json");
        using RunningProgram running = await program.StartAsync([], "report", "--duration", "6s", "--output", file);
        await running.WatchesAsync();
        const int Refused = 7;
        for (int i = 0; i < Refused; i++)
        {
            using var client = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => client.ConnectAsync("127.0.0.77", 9));
            await Task.Delay(200);
        }
        ProgramEnd end = await running.EndAsync();

        Assert.Equal(0, end.Status);
        JsonElement report = JsonDocument.Parse(await File.ReadAllTextAsync(file)).RootElement;
        Assert.Empty(Tcpwhy.Tests.Cli.JsonSchema.Errors(Schema(), report));
        JsonElement finding = report.GetProperty("findings").EnumerateArray().Single(one => one.GetProperty("cause").GetString() == "conn-refused-no-listener" && one.GetProperty("peer").GetString() == "127.0.0.77:9");
        Assert.Equal(Refused, finding.GetProperty("count").GetInt32());
        Assert.True(report.GetProperty("timeline").EnumerateArray().Sum(slot => slot.GetProperty("failed").GetInt64()) >= Refused);
        Assert.InRange(report.GetProperty("points").GetInt32(), 8, 30);
        Assert.True(report.GetProperty("history_summary").GetProperty("max_connections").GetDouble() >= 0);
    }

    [Fact]
    public async Task One_reading_is_reported_at_once()
    {
        ProgramEnd end = await program.RunAsync("report", "--once", "--format", "json");

        Assert.Equal(0, end.Status);
        JsonElement report = JsonDocument.Parse(end.Out).RootElement;
        Assert.Empty(Tcpwhy.Tests.Cli.JsonSchema.Errors(Schema(), report));
        Assert.Equal(1, report.GetProperty("points").GetInt32());
        Assert.All(report.GetProperty("patterns").EnumerateArray(), one => Assert.Equal("insufficient-data", one.GetProperty("pattern").GetString()));
    }

    static string Sample => Path.Combine(BuiltProgram.Project, "samples/keepalive-race.jsonl");

    static JsonElement Schema() => JsonDocument.Parse(File.ReadAllText(Path.Combine(BuiltProgram.Project, "docs/schemas/report.json"))).RootElement;

    async Task<string> PageAsync(string language)
    {
        string page = Path.Combine(_directory, $"{language}.html");
        ProgramEnd end = await program.RunAsync("report", Sample, "--output", page, "--lang", language);
        Assert.True(end.Status == 0, end.Error);
        return page;
    }

    /// <summary>Draws a page, and returns what the browser said and who asked the network for something: its own services, which ask for updates, have no origin.</summary>
    async Task<(string Talk, string[] Requests)> LoadAsync(string page, string picture, params string[] arguments)
    {
        string net = Path.Combine(_directory, "net.json");
        string talk = await BrowseAsync(page, [$"--screenshot={picture}", $"--log-net-log={net}", .. arguments]);
        return (talk, [.. Initiator().Matches(await File.ReadAllTextAsync(net)).Select(match => match.Value).Where(one => !one.Contains("not an origin", StringComparison.Ordinal))]);
    }

    // In a network namespace of its own, in which there is nothing to be reached.
    async Task<string> BrowseAsync(string page, params string[] arguments)
    {
        using var browser = new RunningProgram(["unshare", "--net", "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-default-apps", "--enable-logging=stderr", $"--user-data-dir={Path.Combine(_directory, "profile")}", .. arguments, $"file://{page}"]);
        ProgramEnd end = await browser.EndAsync();
        Assert.True(end.Status == 0, end.Error);
        return end.Out + end.Error;
    }

    static int PngWidth(string path)
    {
        byte[] head = File.ReadAllBytes(path)[16..20];
        return System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(head);
    }

    static double At(JsonElement json, string path)
    {
        foreach (Match step in Step().Matches(path))
        {
            string name = step.Groups[1].Success ? step.Groups[1].Value : step.Groups[2].Value;
            json = json.ValueKind == JsonValueKind.Array ? json[int.Parse(name, CultureInfo.InvariantCulture)] : json.GetProperty(name);
        }
        return json.GetDouble();
    }

    [GeneratedRegex("""<data value="(?<value>[^"]+)" data-figure="(?<path>[^"]+)">""")]
    private static partial Regex Figure();

    [GeneratedRegex("\"initiator\":\"[^\"]*\"")]
    private static partial Regex Initiator();

    [GeneratedRegex(@"\[([^\]]+)\]|([^.\[\]]+)")]
    private static partial Regex Step();
}
