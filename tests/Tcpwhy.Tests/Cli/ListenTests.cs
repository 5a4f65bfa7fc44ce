using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tcpwhy.Serving;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public class ListenTests
{
    [Theory]
    [InlineData("'70000' is no port: a port is a number from 1 to 65535, or 0 for a free one", "70000")]
    [InlineData("'http' is no port: a port is a number from 1 to 65535, or 0 for a free one", "*:http")]
    [InlineData("'localhost:' lacks a port: write [ADDRESS:]PORT, as 8080 or *:8080", "localhost:")]
    [InlineData("'::1:80' is no address to listen on: write IPv6 in brackets, as [::1]:8080", "::1:80")]
    [InlineData("'1.2.3' is no address to listen on: write one of this host's addresses, or * for all", "1.2.3:80")]
    [InlineData("192.0.2.1 is not an address of this host (of its current network namespace)", "192.0.2.1:0")]
    [InlineData("--idle-timeout takes a duration as 500ms, 30s, 5m or 2h, not '0s'", "0", "--idle-timeout", "0s")]
    [InlineData("--fail-rate takes a share from 0% to 100%, as 1% or 0.5%, not '101%'", "0", "--fail-rate", "101%")]
    [InlineData("--fail-rate takes a share from 0% to 100%, as 1% or 0.5%, not '1'", "0", "--fail-rate", "1")]
    [InlineData("--body takes a size as 500, 64k or 16MiB, not '1x'", "0", "--mode", "http", "--body", "1x")]
    [InlineData("--close-after takes a count of 1 or more, not '0'", "0", "--close-after", "0")]
    [InlineData("--reset-after takes a time as 30s, or a count of 1 or more, not 'soon'", "0", "--reset-after", "soon")]
    [InlineData("--response-delay takes a pause as 5ms, exponential:10ms or uniform:1ms-9ms, not 'uniform:9ms-1ms'", "0", "--response-delay", "uniform:9ms-1ms")]
    [InlineData("--close-unread and --stop-reading contradict each other: a server that does not read never answers", "0", "--close-unread", "--stop-reading")]
    [InlineData("--close-after and --reset-after contradict each other: a connection ends once", "0", "--close-after", "3", "--reset-after", "3")]
    [InlineData("--body is for --mode http", "0", "--body", "3")]
    [InlineData("--fail-rate is for --mode http, echo", "0", "--mode", "discard", "--fail-rate", "1%")]
    [InlineData("--idle-timeout and --mode chargen contradict each other: a server that always sends is never idle", "0", "--mode", "chargen", "--idle-timeout", "1s")]
    [InlineData("'70000'은(는) 포트가 아닙니다. 포트는 1에서 65535 사이의 수이고, 0이면 빈 포트를 씁니다", "70000", "--lang", "ko")]
    public void What_cannot_be_served_is_one_line_and_2(string complaint, params string[] arguments) =>
        Assert.Equal(new Run(ExitCode.Usage, "", $"tcpwhy: {complaint}\n"), Run.Of(["listen", .. arguments]));

    [Fact]
    public void A_port_in_use_names_its_holder()
    {
        using Socket holder = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        holder.Listen();
        int port = ((IPEndPoint)holder.LocalEndPoint!).Port;

        Run run = Run.Of("listen", $"{port}");

        Assert.Equal(ExitCode.Usage, run.Status);
        Assert.Matches($"^tcpwhy: port {port} is in use: .+ \\(pid {Environment.ProcessId}\\) listens on 127.0.0.1:{port}\n$", run.Error);
    }

    [Fact]
    public void Json_keeps_its_schema_and_the_announcement_names_the_cause()
    {
        Run run = Run.Of("listen", "0", "--duration", "100ms", "--close-unread", "--accept-delay", "1ms", "--format", "json");

        Assert.Equal(ExitCode.Done, run.Status);
        Assert.Matches("^listening on 127.0.0.1:[1-9][0-9]*, echo, for 100.0 ms; Ctrl-C ends it early\n", run.Error);
        Assert.Contains("--close-unread: closed with the request unread", run.Error, StringComparison.Ordinal);
        Assert.Contains("(server-close-unread)", run.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        JsonElement schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas/listen.json"))).RootElement;
        Assert.Empty(JsonSchema.Errors(schema, JsonDocument.Parse(run.Out).RootElement));
    }

    [Fact]
    public void Text_says_how_it_went_in_80_columns()
    {
        Run run = Run.Of("listen", "0", "--duration", "50ms", "--idle-timeout", "4s", "--max-connections", "5");

        Assert.Equal(ExitCode.Done, run.Status);
        Assert.StartsWith("0 requests on 0 connections in ", run.Out, StringComparison.Ordinal);
        Assert.All((run.Out + run.Error).Split('\n'), line => Assert.True(Tcpwhy.Cli.Ui.DisplayWidth.Of(line) <= 80, line));
    }

    // A cause that nobody explains yet is left out of the text; a code that is misspelt would be for ever.
    [Fact]
    public void Every_cause_of_a_misbehaviour_has_a_page_but_the_one_that_is_to_come() => Assert.Equal(
        ["zero-window-slow-reader"],
        Enum.GetValues<Misbehaviour>().SelectMany(Misbehaviours.Causes).Distinct().Where(cause => CausePage.Find(cause) is null).DefaultIfEmpty("zero-window-slow-reader"));
}
