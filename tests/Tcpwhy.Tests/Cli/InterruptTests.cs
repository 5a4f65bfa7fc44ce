using System.Diagnostics;
using Xunit;

namespace Tcpwhy.Tests.Cli;

/// <summary>A signal is for the whole process, so that commands of other tests would end with it.</summary>
[Collection(nameof(InterruptTests))]
[CollectionDefinition(nameof(InterruptTests), DisableParallelization = true)]
public class InterruptTests
{
    [Fact]
    public void A_signal_ends_the_window_and_its_result_is_printed()
    {
        Run run = Run.With(
            (_, stop) =>
            {
                using (Process kill = Process.Start("kill", $"-TERM {Environment.ProcessId}"))
                    kill.WaitForExit();
                Assert.True(stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(20)));
                return Examples.Quiet;
            },
            [], "diagnose", "--fail-on", "info");

        Assert.Equal(ExitCode.SignalBase + 15, run.Status);
        Assert.StartsWith("Nothing broke.", run.Out);
    }
}
