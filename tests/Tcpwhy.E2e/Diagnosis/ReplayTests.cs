using System.Text.Json;
using Tcpwhy.E2e.Program;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.E2e.Diagnosis;

/// <summary>A recording, judged later by an ordinary user, gives what was said live.</summary>
[Collection("usual faults")]
public class ReplayTests(UsualFaults made, BuiltProgram program)
{
    [Fact]
    public async Task An_ordinary_user_finds_the_same_in_the_recording()
    {
        Answer live = made.Answer;
        await program.NeedsNobodyAsync();

        ProgramEnd ended = await program.RunAsync(BuiltProgram.AsNobody, "diagnose", made.RecordingFile, "--format", "json");

        Assert.True(ended.Status == 0, ended.Error);
        using JsonDocument replay = JsonDocument.Parse(ended.Out);
        Assert.NotEmpty(live.Findings);
        Assert.Equal([.. live.Findings.Select(Line)], replay.RootElement.GetProperty("findings").EnumerateArray().Select(Line).ToList());
        Assert.Equal(live.Opened, replay.RootElement.GetProperty("traffic").GetProperty("opened").GetInt64());
        Assert.Equal(live.Failed, replay.RootElement.GetProperty("traffic").GetProperty("failed").GetInt64());
        Assert.Equal(live.Events, replay.RootElement.GetProperty("observer").GetProperty("events").GetInt64());
    }

    static string Line(Finding finding) =>
        $"{finding.Cause} {finding.Severity.ToString().ToLowerInvariant()} {finding.Count} {Address(finding.Local)} {Address(finding.Peer)} {finding.Process?.Pid} {finding.Confidence:0.00}";

    static string Line(JsonElement finding) =>
        $"{finding.GetProperty("cause")} {finding.GetProperty("severity")} {finding.GetProperty("count")} {finding.GetProperty("local")} {finding.GetProperty("peer")} {(finding.GetProperty("process") is { ValueKind: JsonValueKind.Object } process ? process.GetProperty("pid") : default)} {finding.GetProperty("confidence").GetDouble():0.00}";

    // As the program writes an end whose port differs from connection to connection.
    static string Address(Endpoint end) => end == Endpoint.None ? "" : end.Port == 0 ? end.Address.ToString() : end.ToString();
}
