using System.CommandLine;
using Tcpwhy.Cli.Commands;
using Tcpwhy.Cli.Ui;
using Tcpwhy.History;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Tests.History;
using Xunit;

namespace Tcpwhy.Tests.Tuning;

/// <summary>What a plan takes from history.</summary>
public class EvidenceTests
{
    [Fact]
    public void Findings_of_the_last_hours_come_from_history()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using var scratch = new Scratch();
        using (HistoryWriter writer = scratch.Open())
        {
            Keep(writer, Told.Failure(now.AddHours(-5), cause: "listener-closed-queued"));
            Keep(writer, Told.Failure(now.AddMinutes(-40), cause: "ephemeral-port-exhaustion"));
        }

        Assert.Equal(["ephemeral-port-exhaustion"], Causes(scratch, "--since", "2h"));
        Assert.Equal(["ephemeral-port-exhaustion", "listener-closed-queued"], Causes(scratch, "--since", "6h").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_time_that_nobody_watched_is_said()
    {
        using var scratch = new Scratch();
        using (HistoryWriter writer = scratch.Open())
            Keep(writer, Told.Failure(TimeProvider.System.GetUtcNow().AddHours(-5)));
        Assert.Contains("knows nothing of", Assert.Throws<ToolException>(() => Causes(scratch, "--since", "30m")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_history_file_alone_names_no_time()
    {
        using var scratch = new Scratch();
        Assert.Equal("--history goes with --since", Assert.Throws<ToolException>(() => Causes(scratch)).Message);
    }

    private static void Keep(HistoryWriter writer, Finding finding)
    {
        writer.Keep(finding);
        writer.Keep(Told.Tick(finding.Last.AddSeconds(1), finding));
    }

    private static List<string> Causes(Scratch scratch, params string[] options)
    {
        Session session = new() { Out = TextWriter.Null, Error = TextWriter.Null };
        var evidence = new TuneEvidence(session);
        Command plan = new("plan");
        evidence.AddTo(plan);
        return [.. evidence.Troubles(plan.Parse([.. options, "--history", scratch.Path]), new ProcFs()).Select(trouble => trouble.Cause)];
    }
}
