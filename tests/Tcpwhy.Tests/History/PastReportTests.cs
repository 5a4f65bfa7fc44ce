using System.Text.Json;
using Tcpwhy.Cli.Commands;
using Tcpwhy.Cli.Ui;
using Tcpwhy.History;
using Tcpwhy.Model;
using Tcpwhy.Tests.Cli;
using Xunit;

namespace Tcpwhy.Tests.History;

public sealed class PastReportTests : IDisposable
{
    private const int Ticks = 60;
    private readonly Scratch _scratch = new();

    public PastReportTests()
    {
        using HistoryWriter writer = _scratch.Open();
        writer.Begin(new Started { Time = Told.Noon, Source = "ebpf", Kernel = "6.18.44" });
        for (int i = 1; i <= Ticks; i++)
        {
            DateTimeOffset end = Told.Noon.AddSeconds(5 * i);
            Finding[] failures = i is > 30 and <= 40 ? [Told.Numbered(2 * i, end.AddSeconds(-2)), Told.Numbered((2 * i) + 1, end.AddSeconds(-1))] : [];
            Array.ForEach(failures, writer.Keep);
            writer.Keep(Told.Tick(end, failures));
        }
    }

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("--since", "1h")]
    [InlineData("--since", "11:59", "--until", "12:06", "--lang", "ko", "--redact")]
    [InlineData("--since", "2026-11-20", "dport = :443")]
    public void History_is_reported_with_its_readings_and_what_broke(params string[] options)
    {
        (int status, string text, string error) = Report([.. options, "--format", "json"]);

        Assert.True(status == 0, error);
        JsonElement report = JsonDocument.Parse(text).RootElement;
        Assert.Empty(JsonSchema.Errors(JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas/report.json"))).RootElement, report));
        Assert.Equal(("history", 20), (report.GetProperty("kind").GetString(), report.GetProperty("findings")[0].GetProperty("count").GetInt32()));
        Assert.Equal(20, report.GetProperty("timeline").EnumerateArray().Sum(slot => slot.GetProperty("failed").GetInt64()));
        Assert.Equal(20, report.GetProperty("timeline").EnumerateArray().Sum(slot => slot.GetProperty("failures_by_cause").EnumerateObject().Sum(cause => cause.Value.GetInt64())));
        Assert.Equal(1, report.GetProperty("history_summary").GetProperty("mean_connections").GetDouble());
    }

    [Fact]
    public void Its_page_and_its_text_say_the_same()
    {
        Assert.Contains("""<data value="20" data-figure="statistics.traffic.failed">20</data>""", Report("--since", "1h", "--format", "html").Out, StringComparison.Ordinal);
        Assert.StartsWith("20 of 600 connections failed, for one reason:", Report("--since", "1h").Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--until needs --since", "--until", "1h")]
    [InlineData("--once reads this host now: leave out --since", "--once", "--since", "1h")]
    [InlineData("--since has to be before --until", "--since", "1h", "--until", "2h")]
    public void What_contradicts_itself_is_said_in_one_line(string complaint, params string[] options)
    {
        (int status, string text, string error) = Report(options);

        Assert.Equal((ExitCode.Usage, "", $"tcpwhy: {complaint}\n"), (status, text, error));
    }

    [Fact]
    public void A_time_without_history_is_told_with_what_there_is()
    {
        (int status, _, string error) = Report("--since", "2026-11-19 10:00", "--until", "2026-11-19 11:00");

        Assert.Equal(ExitCode.Storage, status);
        Assert.Contains("it reaches from 2026-11-20", error, StringComparison.Ordinal);
    }

    private (int Status, string Out, string Error) Report(params string[] options)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        Session session = new() { Out = output, Error = error, Variable = _ => null };
        int status = CommandLine.Run(session, ["report", .. options, "--history", _scratch.Path], new ReportCommand(session) { Time = new HalfPast() });
        return (status, output.ToString(), error.ToString());
    }

    private sealed class HalfPast : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => Told.Noon.AddMinutes(30);
    }
}
