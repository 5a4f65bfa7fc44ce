using System.Text.Json;
using Tcpwhy.Cli.Commands;
using Tcpwhy.Cli.Ui;
using Tcpwhy.History;
using Tcpwhy.Model;
using Tcpwhy.Tests.Cli;
using Xunit;

namespace Tcpwhy.Tests.History;

public sealed class PastDiagnosisTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public PastDiagnosisTests()
    {
        using HistoryWriter writer = _scratch.Open();
        Finding[] failures = [Told.Failure(Told.Noon.AddSeconds(1)), Told.Failure(Told.Noon.AddSeconds(2), "10.0.3.4:4000")];
        Array.ForEach(failures, writer.Keep);
        writer.Begin(new Started { Time = Told.Noon, Source = "ebpf", Kernel = "6.18.44" });
        writer.Keep(Told.Tick(Told.Noon.AddSeconds(5), failures));
    }

    [Fact]
    public void The_past_is_told_as_a_live_window_is()
    {
        (int status, string text, _) = Diagnose("--since", "1h", "--fail-on", "critical");

        Assert.Equal(ExitCode.Findings, status);
        Assert.StartsWith("2 of 10 connections failed, for one reason:", text);
        Assert.Contains("server-close-unread", text);
        Assert.Contains("ebpf on Linux 6.18.44", text);
        Assert.Contains("from the history in", text);
    }

    [Theory]
    [InlineData("--since", "1h")]
    [InlineData("--since", "11:59", "--until", "12:20", "--lang", "ko", "--redact")]
    [InlineData("--since", "2026-11-20", "dport = :443")]
    public void Its_json_keeps_the_schema(params string[] options)
    {
        (int status, string json, string error) = Diagnose([.. options, "--format", "json"]);

        Assert.True(status == 0, error);
        using JsonDocument answer = JsonDocument.Parse(json);
        Assert.Empty(JsonSchema.Errors(Schema("diagnosis"), answer.RootElement));
        Assert.Equal(2, answer.RootElement.GetProperty("findings")[0].GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData("2026-11-20T12:00:01Z 10.0.3.4:51234 reset", true)]
    [InlineData("2026-11-20T12:00:01Z 10.0.9.8:443", false)]
    public void A_lines_json_keeps_its_schema(string line, bool found)
    {
        (int status, string json, string error) = Diagnose("--at", line, "--format", "json");

        Assert.True(status == 0, error);
        using JsonDocument answer = JsonDocument.Parse(json);
        Assert.Empty(JsonSchema.Errors(Schema("lookup"), answer.RootElement));
        Assert.Equal(found, answer.RootElement.GetProperty("found").ValueKind == JsonValueKind.Object);
    }

    [Fact]
    public void A_pasted_line_gives_the_verdict_of_its_connection()
    {
        (int status, string text, _) = Diagnose("--at", "2026/11/20 12:00:01 [error] 7#7: *1 recv() failed, client: 10.0.3.4:51234");

        Assert.Equal(0, status);
        Assert.StartsWith("10.0.3.4:51234 → 10.0.9.8:443 ended at 2026-11-20 12:00:01.000 UTC: the client\nthat the line names, at its time.", text);
        Assert.Contains("server-close-unread", text);
        Assert.Contains("Do this", text);
        Assert.Contains("One of them", text);
    }

    [Fact]
    public void A_line_that_fits_none_gets_the_nearest_a_line_each()
    {
        (_, string text, _) = Diagnose("--at", "2026-11-20T12:00:03Z 10.0.5.5:1");

        Assert.StartsWith("No connection that broke fits this line.\nThe host was watched at that time", text);
        Assert.Contains("10.0.3.4:51234 → 10.0.9.8:443", text);
        Assert.Contains("All of them broke for the same cause: tcpwhy explain server-close-unread", text);
    }

    [Fact]
    public void Names_from_history_cannot_reach_the_terminal()
    {
        using (HistoryWriter writer = _scratch.Open())
            writer.Keep(Told.Failure(Told.Noon.AddSeconds(3), "10.0.8.8:7") with { Process = new ProcessInfo(1, "\e[2Jevil\u202e") });
        foreach (string format in (string[])["text", "json", "ndjson"])
        {
            (_, string text, _) = Diagnose("--at", "2026-11-20T12:00:03Z 10.0.8.8:7", "--format", format);
            Assert.Contains("evil", text);
            Assert.DoesNotContain('\e', text);
            Assert.DoesNotContain('\u202e', text);
        }
    }

    [Theory]
    [InlineData("--until needs --since", "--until", "1h")]
    [InlineData("--at finds its own time: leave out --since", "--since", "1h", "--at", "10.0.0.1:1")]
    [InlineData("--duration is for watching now: history is asked with --since and --until", "--since", "1h", "--duration", "1s")]
    [InlineData("--since has to be before --until", "--since", "1h", "--until", "2h")]
    [InlineData("--since takes a time as 2h (ago), 14:02 or '2026-11-22 14:02:11', not 'yesterday'", "--since", "yesterday")]
    [InlineData("--since: 2027-01-01 00:00:00Z is in the future", "--since", "2027-01-01 00:00:00Z")]
    [InlineData("history knows connections that broke, not their states: leave 'state' out of FILTER", "--since", "1h", "state established")]
    [InlineData("--at takes a line of a log: this has neither a time nor an address that can be read", "--at", "it broke")]
    public void What_makes_no_sense_is_one_line(string complaint, params string[] options)
    {
        (int status, string text, string error) = Diagnose(options);

        Assert.Equal((ExitCode.Usage, "", $"tcpwhy: {complaint}\n"), (status, text, error));
    }

    [Fact]
    public void No_history_is_one_line()
    {
        string missing = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        (int status, _, string error) = Diagnose("--since", "1h", "--history", missing);

        Assert.Equal((ExitCode.Storage, $"tcpwhy: no history at {missing}: 'tcpwhy watch' writes it, --history names another\n"), (status, error));
    }

    public void Dispose() => _scratch.Dispose();

    private (int Status, string Out, string Error) Diagnose(params string[] options)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        Session session = new() { Out = output, Error = error, Variable = _ => null };
        string[] history = options.Contains("--history") ? [] : ["--history", _scratch.Path];
        int status = CommandLine.Run(session, ["diagnose", .. options, .. history],
            new DiagnoseCommand(session) { Time = new UtcAt(Told.Noon.AddMinutes(30)), Open = (_, _, _) => throw new InvalidOperationException("history needs no source") });
        return (status, output.ToString(), error.ToString());
    }

    private static JsonElement Schema(string name) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas", name + ".json"))).RootElement;

    private sealed class UtcAt(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    }
}
