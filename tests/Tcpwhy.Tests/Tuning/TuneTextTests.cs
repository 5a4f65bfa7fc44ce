using System.Text.Json;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Tests.Cli;
using Tcpwhy.Texts;
using Tcpwhy.Tuning;
using Xunit;

namespace Tcpwhy.Tests.Tuning;

public class TuneTextTests
{
    private static readonly Situation Busy = Host.Healthy(("net.core.somaxconn", "128"))
        .Measuring(Host.Queue(129, 128), Host.Queue(0, 128, port: 443), Host.Ports(28_000, 27_000), new Gauge(GaugeKind.Conntrack, "net.netfilter.nf_conntrack_max", "", 1200, 262_144))
        .Listening(80, 443, 15000).Finding("retransmission-timeout", 3, wishes: new Wish("net.ipv4.tcp_retries2", "8", "Set net.ipv4.tcp_retries2=8, so that a dead path is noticed after 100 s."));

    [Theory]
    [InlineData("tune.plan.txt", "en")]
    [InlineData("tune.plan.ko.txt", "ko")]
    public void A_plan_reads_as_recorded(string file, string language) =>
        Golden.Matches(file, Text(language, screen => TunePlanText.Write(Planner.Plan(Busy), screen.T("this host"), Overriding, screen)));

    [Fact]
    public void A_plan_without_changes_is_one_calm_line_and_what_is_left() =>
        Assert.StartsWith("Nothing to change on this host: no finding and no limit asks for it.\n\nLeft alone\n",
            Text("en", screen => TunePlanText.Write(Planner.Plan(Host.Healthy()), screen.T("this host"), Overriding, screen)), StringComparison.Ordinal);

    [Theory]
    [InlineData("tune.show.txt", "en")]
    [InlineData("tune.show.ko.txt", "ko")]
    public void Settings_read_as_recorded(string file, string language) =>
        Golden.Matches(file, Text(language, screen => TuneShowText.Write(Busy, screen.T("this host"), screen)));

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public void Plan_and_settings_keep_their_schemas(string language)
    {
        Language spoken = language == "ko" ? Language.Korean : Language.English;
        Keeps("tune", JsonText.Of(TuneJson.Of(Planner.Plan(Busy), "host", Overriding, spoken), JsonShapes.Document.TuneJson));
        Keeps("tune-show", JsonText.Of(TuneShowJson.Of(Busy, "host", spoken), JsonShapes.Document.TuneShowJson));
    }

    private static List<string> Overriding(string setting) => setting == "net.ipv4.tcp_retries2" ? ["/etc/sysctl.d/99-old.conf:3: 15"] : [];

    private static string Text(string language, Action<Screen> write)
    {
        using StringWriter output = new() { NewLine = "\n" };
        write(new Screen(output, 80, colour: false, language == "ko" ? Language.Korean : Language.English));
        Assert.All(output.ToString().Split('\n'), line => Assert.True(DisplayWidth.Of(line) <= 80, line));
        return output.ToString();
    }

    private static void Keeps(string schema, string json) =>
        Assert.Empty(JsonSchema.Errors(JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas", schema + ".json"))).RootElement, JsonDocument.Parse(json).RootElement));
}
