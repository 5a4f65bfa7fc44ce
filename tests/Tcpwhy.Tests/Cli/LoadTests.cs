using System.Text.Json;
using Tcpwhy.Tests.Loading;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public class LoadTests
{
    [Theory]
    [InlineData("a load needs an end: give --duration 10s or --count 1000", "localhost:80")]
    [InlineData("--count takes a number from 1 to 2147483647, not '-5'", "localhost:80", "--count", "-5")]
    [InlineData("--connections takes a number from 1 to 1000000, not '0'", "localhost:80", "--count", "1", "--connections", "0")]
    [InlineData("--rate takes a rate as 100 or 2.5 a second, not 'fast'", "localhost:80", "--count", "1", "--rate", "fast")]
    [InlineData("--duration takes a duration as 500ms, 30s, 5m or 2h, not '10'", "localhost:80", "--duration", "10")]
    [InlineData("--max-failures takes a share as 0.1%, not '0.1'", "localhost:80", "--count", "1", "--max-failures", "0.1")]
    [InlineData("--send takes a size as 500, 64k or 16MiB, not 'big'", "localhost:80", "--count", "1", "--send", "big")]
    [InlineData("--hold and --count contradict each other: --connections says how many are held", "localhost:80", "--count", "1", "--hold")]
    [InlineData("--hold is not for https", "https://localhost", "--duration", "1s", "--hold")]
    [InlineData("--close and --per-connection contradict each other: --close is one request per connection", "http://localhost", "--count", "1", "--close", "--per-connection", "5")]
    [InlineData("--receive needs --send", "localhost:80", "--count", "1", "--receive", "5")]
    [InlineData("--receive is for raw requests, not for HTTP", "http://localhost", "--count", "1", "--receive", "5")]
    [InlineData("--http is for HOST:PORT; a URL has its path already", "http://localhost", "--count", "1", "--http", "/")]
    [InlineData("--http takes a path as /health, not 'health'", "localhost:80", "--count", "1", "--http", "health")]
    [InlineData("--source takes addresses as 10.0.0.1,10.0.0.2, not 'eth0'", "localhost:80", "--count", "1", "--source", "eth0")]
    [InlineData("'localhost:70000': a port is a number from 1 to 65535, not '70000'", "localhost:70000", "--count", "1")]
    [InlineData("--source and 127.0.0.1 are not of one family of addresses", "127.0.0.1:80", "--count", "1", "--source", "::1")]
    public void A_wrong_command_line_is_one_line_and_2(string complaint, params string[] arguments) =>
        Assert.Equal(new Run(ExitCode.Usage, "", $"tcpwhy: {complaint}\n"), Run.Of(["load", .. arguments]));

    [Fact]
    public void Another_host_needs_a_yes() =>
        Assert.Equal(
            new Run(ExitCode.Usage, "", "tcpwhy: 192.0.2.7 is not this host: add --yes to send it this load (To http://192.0.2.7/x (192.0.2.7:80): HTTP requests of 69 bytes, as many as go, over up to 10 connections at once, until 5 are made.)\n"),
            Run.Of("load", "http://192.0.2.7/x", "--count", "5"));

    [Fact]
    public void A_dry_run_says_what_would_be_sent() =>
        Assert.Equal(
            new Run(ExitCode.Done, "To 192.0.2.7:9 (192.0.2.7:9): requests of 64,000 bytes, 2.5 a second, over up to\n3 connections at once, for 90.0 s.\n", ""),
            Run.Of("load", "192.0.2.7:9", "--duration", "90s", "--send", "64k", "--rate", "2.5", "--connections", "3", "--dry-run"));

    [Fact]
    public void Json_keeps_its_schema_and_its_sums()
    {
        using SmallServer server = SmallServer.Http();
        JsonElement load = Json(ExitCode.Done, "load", $"http://{server.At}/", "--count", "211", "--no-ebpf");
        JsonElement summary = load.GetProperty("summary");
        Assert.Equal((211, 0, 211), (summary.GetProperty("attempts").GetInt64(), summary.GetProperty("failures").GetInt64(), summary.GetProperty("requests").GetInt64()));
        Assert.Equal(JsonValueKind.Null, load.GetProperty("limited_by").ValueKind);
        Assert.True(load.GetProperty("latency_seconds").GetProperty("p50").GetDouble() > 0);
    }

    [Fact]
    public void Failures_are_told_by_cause_with_a_warning_and_5()
    {
        int port;
        using (SmallServer gone = new(_ => Task.CompletedTask))
            port = gone.At.Port;
        Run run = Run.Of("load", $"127.0.0.1:{port}", "--count", "7", "--no-ebpf", "--format", "json");
        Assert.Equal("tcpwhy: more than 10 % of the attempts failed (100 %)\n", run.Error);
        JsonElement load = Keeps(run.Out);
        JsonElement cause = Assert.Single(load.GetProperty("failures_by_cause").EnumerateArray());
        Assert.Equal(("conn-refused-no-listener", 7), (cause.GetProperty("cause").GetString(), cause.GetProperty("count").GetInt64()));
        Assert.Equal(ExitCode.Unreachable, run.Status);
    }

    [Fact]
    public void Garbage_is_a_cause_of_its_own()
    {
        using SmallServer server = new(async socket =>
        {
            await socket.SendAsync("SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray());
            await socket.ReceiveAsync(new byte[4096]);
        });
        Run run = Run.Of("load", $"http://{server.At}/", "--count", "3", "--no-ebpf", "--max-failures", "1%");
        Assert.Equal(ExitCode.AssertionFailed, run.Status);
        Assert.Contains("3×  malformed-answer  What came was no answer of HTTP", run.Out);
        Assert.Contains("--max-failures 1 % is exceeded: 100 %", run.Error);
    }

    [Theory]
    [InlineData("--max-p99", "1ms", ExitCode.AssertionFailed)]
    [InlineData("--max-p99", "1m", ExitCode.Done)]
    [InlineData("--max-failures", "0%", ExitCode.Done)]
    public void A_limit_that_is_exceeded_is_6(string option, string value, int status)
    {
        using SmallServer server = SmallServer.Http(delay: TimeSpan.FromMilliseconds(3));
        Assert.Equal(status, Run.Of("load", $"http://{server.At}/", "--count", "11", "--no-ebpf", option, value).Status);
    }

    [Fact]
    public void Csv_is_a_line_of_names_and_one_of_values()
    {
        using SmallServer server = SmallServer.Http();
        string[] lines = Run.Of("load", $"http://{server.At}/", "--count", "11", "--no-ebpf", "--format", "csv").Out.Split('\n');
        Assert.Equal(3, lines.Length);
        string[] names = lines[0].Split(','), values = lines[1].Split(',');
        Assert.Equal(names.Length, values.Length);
        Assert.Equal("11", values[Array.IndexOf(names, "requests")]);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public void No_line_of_the_summary_is_wider_than_80_columns(string language)
    {
        using SmallServer server = SmallServer.Http();
        Run run = Run.Of("load", $"http://{server.At}/", "--count", "101", "--no-ebpf", "--lang", language);
        Assert.All(run.Out.Split('\n'), line => Assert.True(Tcpwhy.Cli.Ui.DisplayWidth.Of(line) <= 80, line));
        Assert.Equal("", run.Error);
    }

    private static JsonElement Json(int status, params string[] arguments)
    {
        Run run = Run.Of([.. arguments, "--format", "json"]);
        Assert.Equal((status, ""), (run.Status, run.Error));
        return Keeps(run.Out);
    }

    private static JsonElement Keeps(string json)
    {
        JsonElement document = JsonDocument.Parse(json).RootElement;
        JsonElement schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas/load.json"))).RootElement;
        Assert.Empty(JsonSchema.Errors(schema, document));
        return document;
    }
}
