using System.Text.Json;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Probing;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public sealed class ProbeTests
{
    [Theory]
    [InlineData("probe.txt", Language.English, false)]
    [InlineData("probe.ko.txt", Language.Korean, false)]
    [InlineData("probe.verbose.txt", Language.English, true)]
    public void The_answer_is_as_recorded(string file, Language language, bool verbose)
    {
        string text = Text(ProbeExamples.Mixed, language, verbose);
        Golden.Matches(file, text);
        Assert.All(text.Split('\n'), line => Assert.True(DisplayWidth.Of(line) <= 80, line));
    }

    [Theory]
    [InlineData("probe.tls.txt", Language.English)]
    [InlineData("probe.tls.ko.txt", Language.Korean)]
    public void A_bad_certificate_is_told_apart_from_tcp(string file, Language language) => Golden.Matches(file, Text(ProbeExamples.Secure, language, verbose: false));

    [Theory]
    [InlineData("probe.mtu.txt", Language.English)]
    [InlineData("probe.mtu.ko.txt", Language.Korean)]
    public void Packets_that_vanish_are_told_with_what_to_change(string file, Language language)
    {
        string text = Text(ProbeExamples.BlackHole, language, verbose: false);
        Golden.Matches(file, text);
        Assert.All(text.Split('\n'), line => Assert.True(DisplayWidth.Of(line) <= 80, line));
    }

    [Fact]
    public void A_dead_target_is_said_in_the_first_line() =>
        Assert.StartsWith("10.0.0.9:5432 does not answer: syn-dropped-firewall (no answer to the handshake\nwithin 30.0 s).\n", Text(ProbeExamples.Dead, Language.English, verbose: false), StringComparison.Ordinal);

    [Fact]
    public void Nothing_ended_is_said() =>
        Assert.Equal("Stopped before any attempt ended.\n", Text(ProbeExamples.Dead with { Addresses = [] }, Language.English, verbose: false));

    [Fact]
    public void Json_is_as_recorded() => Golden.Matches("probe.json", Json(ProbeExamples.Mixed) + "\n");

    [Fact]
    public void Json_keeps_its_schema()
    {
        JsonElement schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas/probe.json"))).RootElement;
        foreach (ProbeResult result in (ProbeResult[])[ProbeExamples.Mixed, ProbeExamples.Secure, ProbeExamples.Dead, ProbeExamples.BlackHole])
            Assert.Empty(JsonSchema.Errors(schema, JsonDocument.Parse(Json(result)).RootElement));
    }

    [Theory]
    [InlineData("--count takes a number from 1 to 1000, not '0'", "--count", "0")]
    [InlineData("--count takes a number from 1 to 1000, not '-3'", "--count=-3")]
    [InlineData("--keepalive-probes takes a number from 1 to 127, not '128'", "--keepalive-probes", "128")]
    [InlineData("--keepalive-idle: the kernel takes whole seconds from 1s to 32767s", "--keepalive-idle", "1500ms")]
    [InlineData("--http takes a path that begins with / and has no spaces, as /health?full=1", "--http", "health")]
    [InlineData("--http takes a path that begins with / and has no spaces, as /health?full=1", "--http", "/a HTTP/1.1\r\nX: y")]
    [InlineData("--source nowhere: an address of this host, as 10.0.0.5", "--source", "nowhere")]
    [InlineData("--connect-timeout takes a duration as 500ms, 30s, 5m or 2h, not '0s'", "--connect-timeout", "0s")]
    [InlineData("'db:70000': a port is a number from 1 to 65535", "db:70000")]
    [InlineData("unexpected word 'b'", "a", "b")]
    public void A_wrong_command_line_is_one_line_on_stderr_and_2(string complaint, params string[] arguments) =>
        Assert.Equal(new Run(ExitCode.Usage, "", $"tcpwhy: {complaint}\n"), Run.Of(["probe", .. arguments]));

    private static string Text(ProbeResult result, Language language, bool verbose)
    {
        using StringWriter output = new() { NewLine = "\n" };
        ProbeText.Write(result, new Screen(output, 80, colour: false, language), verbose);
        return output.ToString();
    }

    private static string Json(ProbeResult result) => JsonText.Of(ProbeJson.Of(result, Language.English), JsonShapes.Document.ProbeJson);
}
