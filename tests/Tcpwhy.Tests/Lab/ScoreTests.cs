using System.Text.Json;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Lab;
using Tcpwhy.Lab.Healthy;
using Tcpwhy.Model;
using Tcpwhy.Tests.Cli;
using Tcpwhy.Texts;
using Xunit;
using Fault = Tcpwhy.Lab.Fault;

namespace Tcpwhy.Tests.Lab;

public class ScoreTests
{
    static readonly Fault Crash = FaultCatalogue.Find("process-crash")!, Scan = FaultCatalogue.Find("port-scan-noise")!;

    static readonly Score Mixed = new(
    [
        new CauseScore("process-crash",
        [
            ("usual", Judged(Crash, 7, Found("process-crash", 7))),
            ("ipv6", Judged(Crash, 7, Found("process-crash", 5), Found("server-close-unread", 2))),
            ("elsewhere", Judged(Crash, 7, Found("unknown-reset", 7))),
            ("under load", new Trial(Crash, new Parameters()) { Obstacle = "needs haproxy" }),
        ]),
        new CauseScore("port-scan-noise", [("usual", Judged(Scan, 11, Found("port-scan-noise", 11, Severity.Info), Found("normal-reset-close", 3, Severity.Info)))]),
    ],
    [
        new HealthyTrial(HealthyCatalogue.Find("dns-like")!, new Parameters()) { Run = new HealthyRun(Here, 1201, 0), Findings = [Found("normal-reset-close", 3, Severity.Info)] },
        new HealthyTrial(HealthyCatalogue.Find("long-polling")!, new Parameters()) { Run = new HealthyRun(Here, 53, 0), Findings = [Found("lb-timeout-client", 2, Severity.Warning)] },
        new HealthyTrial(HealthyCatalogue.Find("http2")!, new Parameters()) { Obstacle = "needs h2load" },
    ]);

    [Fact]
    public void Recall_counts_what_was_made_and_precision_what_was_said()
    {
        Assert.Equal((4, 3), (Mixed.Made, Mixed.Named));
        Assert.Equal(0.75, Mixed.Recall);
        // Right: 3. Wrong: server-close-unread beside it, unknown-reset in its place; normal life beside it is no alarm.
        Assert.Equal(0.6, Mixed.Precision);
        Assert.Equal((3, 2, 1), (Mixed.Causes[0].Made, Mixed.Causes[0].Named, Mixed.Causes[0].Exact));
        Assert.Equal(["server-close-unread", "unknown-reset"], Mixed.Causes[0].Confusions.Keys);
        Assert.Empty(Mixed.Causes[1].Confusions);
        Assert.Equal(1, Mixed.FalseAlarms);
    }

    [Theory]
    [InlineData("score.txt", Language.English)]
    [InlineData("score.ko.txt", Language.Korean)]
    public void A_line_says_what_went_wrong(string golden, Language language)
    {
        var text = new StringWriter();
        ScoreText.Write(Mixed, new Screen(text, 80, colour: false, language));
        Golden.Matches(golden, text.ToString());
    }

    [Fact]
    public void Json_is_of_its_schema() => Assert.Empty(JsonSchema.Errors(
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas/score.json"))).RootElement,
        JsonDocument.Parse(JsonText.Of(ScoreJson.Of(Mixed), JsonShapes.Document.ScoreJson)).RootElement));

    /// <summary>A figure of fewer variations says nothing of the cause.</summary>
    [Fact]
    public void Each_fault_is_made_in_three_variations_or_more() =>
        Assert.All(FaultCatalogue.All, fault => Assert.InRange(Variation.Of(fault).Select(variation => variation.Name).Distinct().Count(), 3, 12));

    static Trial Judged(Fault fault, int made, params Finding[] findings) => new(fault, new Parameters())
    {
        Made = new Made { Cause = fault.Cause, Variant = "usual", Count = made, Service = Here, ClientNetns = 1, ServerNetns = 2, Outcomes = new Dictionary<string, int>() },
        Findings = findings,
    };

    static Endpoint Here => new(System.Net.IPAddress.Loopback, 8080);

    static Finding Found(string cause, int count, Severity severity = Severity.Critical) => new()
    {
        Cause = cause,
        Severity = severity,
        Confidence = 0.9,
        Count = count,
        Fault = Model.Fault.Server,
        Local = Here,
        Peer = Here,
        First = default,
        Last = default,
        Evidence = [],
        Remedy = [],
        Facts = new Dictionary<string, string>(),
        Examples = [],
    };
}
