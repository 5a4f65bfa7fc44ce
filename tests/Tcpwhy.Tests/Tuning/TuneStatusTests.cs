using System.Text.Json;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Tests.Cli;
using Tcpwhy.Texts;
using Tcpwhy.Tuning;
using Xunit;

namespace Tcpwhy.Tests.Tuning;

public class TuneStatusTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 3, 12, 0, TimeSpan.Zero);

    private static readonly Layer Confirmed = new()
    {
        Applied = Now.AddHours(-1),
        Confirmed = Now.AddMinutes(-58),
        ConfirmBy = Now.AddMinutes(-55),
        DeadlineNanoseconds = 1,
        Values = [new Written("net.core.somaxconn", "128", "4096"), new Written("net.ipv4.tcp_retries2", "15", "8")],
    };

    private static readonly Tuned[] Targets =
    [
        new(new Journal { Target = "host", IsHost = true, Boot = "b", File = "/etc/sysctl.d/90-tcpwhy.conf", Layers = [Confirmed] }, "confirmed", false,
            [new TunedSetting("net.core.somaxconn", "128", "4096", "4096"), new TunedSetting("net.ipv4.tcp_retries2", "15", "8", "10")]),
        new(new Journal { Target = "web", Boot = "b", Layers = [Confirmed with { Confirmed = null, ConfirmBy = Now.AddMinutes(3) }] }, "waiting", true,
            [new TunedSetting("net.core.somaxconn", "128", "4096", "4096")]),
        new(new Journal { Target = "db", Boot = "b", Last = new Undone(Now.AddMinutes(-2), "failures-rose", ["net.core.somaxconn"], ["net.ipv4.tcp_retries2"]) }, "untouched", false, []),
    ];

    [Theory]
    [InlineData("tune.status.txt", Language.English)]
    [InlineData("tune.status.ko.txt", Language.Korean)]
    public void What_is_in_force_reads_as_recorded(string file, Language language)
    {
        using StringWriter output = new() { NewLine = "\n" };
        TuneStatusText.Write(Targets, Now, new Screen(output, 80, colour: false, language));
        Assert.All(output.ToString().Split('\n'), line => Assert.True(DisplayWidth.Of(line) <= 80, line));
        Golden.Matches(file, output.ToString());
    }

    [Fact]
    public void As_json_it_keeps_the_schema() =>
        Assert.Empty(JsonSchema.Errors(JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas/tune-status.json"))).RootElement,
            JsonDocument.Parse(JsonText.Of(TuneStatusJson.Of(Targets), JsonShapes.Document.TuneStatusJson)).RootElement));
}
