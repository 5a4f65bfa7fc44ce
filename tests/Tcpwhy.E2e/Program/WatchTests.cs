using System.Text.Json;
using Tcpwhy.E2e.Diagnosis;
using Tcpwhy.E2e.Lab;
using Tcpwhy.Lab;
using Tcpwhy.Tests.Cli;
using Xunit;

namespace Tcpwhy.E2e.Program;

/// <summary>The program from outside, while connections really break.</summary>
public class WatchTests(BuiltProgram program)
{
    static readonly Fault Fault = FaultCatalogue.Find("server-close-unread")!;

    [Fact]
    public async Task Writes_json_after_its_schema()
    {
        NeedsBpf();
        using RunningProgram watch = await program.StartAsync([], "diagnose", "--duration", "3s", "--format", "json");
        await watch.WatchesAsync();
        await using Network network = await LabUnderTest.NetworkAsync(Fault.Requires);
        await Fault.MakeAsync(network, new Parameters(), TestContext.Current.CancellationToken);

        ProgramEnd end = await watch.EndAsync();

        Assert.True(end.Status == 0, end.Error);
        Assert.Single(end.Complaints, line => line.StartsWith("watching", StringComparison.Ordinal));
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(BuiltProgram.Project, "docs", "schemas", "diagnosis.json")));
        using JsonDocument answer = JsonDocument.Parse(end.Out);
        Assert.Empty(JsonSchema.Errors(schema.RootElement, answer.RootElement));
        Assert.Equal("ebpf", answer.RootElement.GetProperty("visibility").GetProperty("source").GetString());
    }

    [Fact]
    public async Task Keeps_what_the_filter_takes_and_fails_on_it()
    {
        NeedsBpf();
        await using Network wanted = await LabUnderTest.NetworkAsync(Fault.Requires), other = await LabUnderTest.NetworkAsync(Fault.Requires);
        string filter = $"dst {wanted.Server.Ipv4} and dport = :5433";
        using RunningProgram watch = await program.StartAsync([], "diagnose", filter, "--fail-on", "critical", "--duration", "1m", "--format", "json");
        await watch.WatchesAsync();
        await Fault.MakeAsync(wanted, new Parameters { Port = 5433, Count = 7 }, TestContext.Current.CancellationToken);
        await Fault.MakeAsync(wanted, new Parameters { Port = 5434, Count = 3 }, TestContext.Current.CancellationToken);
        await Fault.MakeAsync(other, new Parameters { Port = 5433, Count = 3 }, TestContext.Current.CancellationToken);
        await Task.Delay(500);
        // The signal stands before --fail-on: a script that stops it knows that it did.
        await watch.SignalAsync("INT");

        ProgramEnd end = await watch.EndAsync();

        Assert.Equal(130, end.Status);
        using JsonDocument answer = JsonDocument.Parse(end.Out);
        JsonElement finding = Assert.Single(answer.RootElement.GetProperty("findings").EnumerateArray());
        Assert.Equal($"server-close-unread 7 {wanted.Server.Ipv4}:5433", $"{finding.GetProperty("cause")} {finding.GetProperty("count")} {finding.GetProperty("local")}");
    }

    [Theory, InlineData("critical", 1), InlineData("warning", 1), InlineData(null, 0)]
    public async Task Fails_on_a_severity_only_when_asked_to(string? severity, int status)
    {
        NeedsBpf();
        await using Network network = await LabUnderTest.NetworkAsync(Fault.Requires);
        string[] failOn = severity is null ? [] : ["--fail-on", severity];
        using RunningProgram watch = await program.StartAsync([], ["diagnose", $"dst {network.Server.Ipv4}", "--duration", "3s", .. failOn]);
        await watch.WatchesAsync();
        await Fault.MakeAsync(network, new Parameters { Count = 2 }, TestContext.Current.CancellationToken);

        ProgramEnd end = await watch.EndAsync();

        Assert.True(end.Status == status, $"{end.Status}: {end.Out}{end.Error}");
        Assert.Contains("server-close-unread", end.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tells_of_a_reset_within_a_second()
    {
        NeedsBpf();
        await using Network network = await LabUnderTest.NetworkAsync(Fault.Requires);
        using RunningProgram watch = await program.StartAsync([], "diagnose", $"dst {network.Server.Ipv4}", "--duration", "1m", "--format", "ndjson");
        await watch.WatchesAsync();
        await Fault.MakeAsync(network, new Parameters { Count = 1 }, TestContext.Current.CancellationToken);

        var (line, time) = Assert.NotNull(await watch.LineAsync());
        await watch.SignalAsync("TERM");
        ProgramEnd end = await watch.EndAsync();

        using JsonDocument finding = JsonDocument.Parse(line);
        TimeSpan delay = time - finding.RootElement.GetProperty("last").GetDateTimeOffset();
        Assert.InRange(delay, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(143, end.Status);
        Assert.Contains("tcpwhy.diagnosis/1", end.Out.Split('\n')[^1], StringComparison.Ordinal);
    }

    internal static void NeedsBpf()
    {
        using Sources.ISource? source = WatchedKernel.Open(out string? obstacle);
        Assert.SkipWhen(source is null, obstacle ?? "");
    }
}
