using System.Text.Json;
using Tcpwhy.E2e.Lab;
using Tcpwhy.E2e.Program;
using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.History;

/// <summary>The program from outside: what it watched is told later, by time and by a pasted line.</summary>
public class PastDiagnosisTests(BuiltProgram program)
{
    static readonly Fault Fault = FaultCatalogue.Find("server-close-unread")!;

    [Fact]
    public async Task What_broke_while_it_was_watched_is_told_afterwards()
    {
        WatchTests.NeedsBpf();
        string file = Path.Combine(Path.GetTempPath(), $"tcpwhy-{Guid.NewGuid():N}", "history.db");
        try
        {
            await using Network network = await LabUnderTest.NetworkAsync(Fault.Requires);
            using RunningProgram watch = await program.StartAsync([], "watch", "--history", file, "--interval", "1s");
            await watch.WatchesAsync();
            await Fault.MakeAsync(network, new Parameters { Count = 7 }, TestContext.Current.CancellationToken);
            await Task.Delay(1500);
            ProgramEnd second = await program.RunAsync("watch", "--history", file, "--duration", "1s");
            await watch.SignalAsync("INT");
            ProgramEnd watched = await watch.EndAsync();

            Assert.True(watched.Status == 130, watched.Error);
            Assert.Contains(second.Complaints, line => line.EndsWith($"is written by another tcpwhy (pid {watch.Pid}) already; watching goes on without history", StringComparison.Ordinal));

            ProgramEnd past = await program.RunAsync("diagnose", "--since", "10m", "--history", file, $"dst {network.Server.Ipv4}", "--format", "json");
            Assert.True(past.Status == 0, past.Error);
            using JsonDocument answer = JsonDocument.Parse(past.Out);
            JsonElement finding = answer.RootElement.GetProperty("findings")[0];
            Assert.Equal("server-close-unread 7", $"{finding.GetProperty("cause")} {finding.GetProperty("count")}");

            JsonElement one = finding.GetProperty("connections")[3];
            string line = $"{one.GetProperty("time")} app[1]: write {one.GetProperty("local")}->{one.GetProperty("peer")}: connection reset by peer";
            ProgramEnd told = await program.RunAsync("diagnose", "--at", line, "--history", file);
            Assert.True(told.Status == 0, told.Error);
            Assert.StartsWith($"{one.GetProperty("local")} → {one.GetProperty("peer")} ended at", told.Out, StringComparison.Ordinal);
            Assert.Contains("server-close-unread", told.Out, StringComparison.Ordinal);
        }
        finally
        {
            if (Path.GetDirectoryName(file) is { } directory && Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_one_line_and_watching_goes_on()
    {
        await program.NeedsNobodyAsync();
        DirectoryInfo directory = Directory.CreateTempSubdirectory("tcpwhy-closed-");
        File.SetUnixFileMode(directory.FullName, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        try
        {
            ProgramEnd end = await program.RunAsync(BuiltProgram.AsNobody, "watch", "--history", Path.Combine(directory.FullName, "history.db"), "--duration", "1s");

            Assert.True(end.Status == 0, end.Error);
            Assert.Single(end.Complaints, line => line.StartsWith("history ", StringComparison.Ordinal) && line.EndsWith("watching goes on without history", StringComparison.Ordinal));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
