using Tcpwhy.Attempts;
using Xunit;
using static Tcpwhy.Tests.Attempts.Failed;

namespace Tcpwhy.Tests.Attempts;

/// <summary>All failures are counted, each once, however many there are.</summary>
public class AttemptJudgeTests
{
    private const int ECONNRESET = 104, ECONNREFUSED = 111;

    private static string[] Words(AttemptVerdicts verdicts) => [.. verdicts.ByCause.Select(entry => $"{entry.Cause} {entry.Count}")];

    [Fact]
    public void Causes_are_counted_the_most_frequent_first()
    {
        using AttemptJudge judge = AttemptJudge.Start([Service], watchKernel: false);
        for (int n = 0; n < 5; n++)
            judge.Observe(At(AttemptStage.Response, ECONNRESET, 42_000 + n));
        for (int n = 0; n < 7; n++)
            judge.Observe(At(AttemptStage.Connect, ECONNREFUSED, 43_000 + n));
        AttemptVerdicts verdicts = judge.Finish();

        Assert.Equal(["conn-refused-no-listener 7", "unknown-reset 5"], Words(verdicts));
        Assert.Equal(0, verdicts.Pending);
        Assert.Equal(["conn-refused-no-listener 7", "unknown-reset 5"], verdicts.Findings.Select(finding => $"{finding.Cause} {finding.Count}"));
    }

    [Fact]
    public void No_failure_gives_no_cause()
    {
        using AttemptJudge judge = AttemptJudge.Start([Service], watchKernel: false);
        AttemptVerdicts verdicts = judge.Finish();
        Assert.Empty(verdicts.ByCause);
        Assert.Empty(verdicts.Findings);
    }

    [Fact]
    public void The_cause_of_each_attempt_can_be_asked_for()
    {
        using AttemptJudge judge = AttemptJudge.Start([Service], watchKernel: false);
        FailedAttempt refused = At(AttemptStage.Connect, ECONNREFUSED), reset = At(AttemptStage.Response, ECONNRESET, 41_023);
        judge.Observe(refused);
        judge.Observe(reset);
        AttemptVerdicts verdicts = judge.Finish();

        Assert.Equal("conn-refused-no-listener", verdicts.CauseOf(refused));
        Assert.Equal("unknown-reset", verdicts.CauseOf(reset));
        Assert.Equal("unknown-reset", verdicts.CauseOf(reset with { Local = Service }));
    }

    [Fact]
    public void More_than_can_be_judged_one_by_one_are_all_counted()
    {
        const int Threads = 4, Each = 100_000;
        using AttemptJudge judge = AttemptJudge.Start([Service], watchKernel: false);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            FailedAttempt failed = thread % 2 == 0 ? At(AttemptStage.Connect, ECONNREFUSED) : At(AttemptStage.Response, ECONNRESET);
            for (int n = 0; n < Each; n++)
                judge.Observe(failed with { Local = failed.Local with { Port = 1024 + n % 60_000 } });
        }))];
        Array.ForEach(threads, thread => thread.Start());
        while (threads.Any(thread => thread.IsAlive))
        {
            AttemptVerdicts sofar = judge.Snapshot();
            Assert.True(sofar.ByCause.Sum(entry => entry.Count) + sofar.Pending <= Threads * Each);
            Thread.Sleep(20);
        }
        AttemptVerdicts verdicts = judge.Finish();
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.Equal([$"conn-refused-no-listener {Threads * Each / 2}", $"unknown-reset {Threads * Each / 2}"], Words(verdicts));
        // What was kept whole would be twice that; other tests run beside this one.
        Assert.True(grown < 64 << 20, $"{grown >> 20} MiB");
    }

    [Fact]
    public void A_name_that_does_not_resolve_is_nobodys_TCP_failure()
    {
        using AttemptJudge judge = AttemptJudge.Start([Service], watchKernel: false);
        Assert.Throws<ArgumentException>(() => judge.Observe(At(AttemptStage.Resolve)));
    }

    [Fact]
    public void An_IPv4_connection_of_an_IPv6_socket_is_told_as_IPv4() =>
        Assert.Equal(Service, (At(AttemptStage.Connect) with { Remote = Service with { Address = Service.Address.MapToIPv6() } }).Remote);

    [Fact]
    public void Finishing_twice_tells_the_same()
    {
        using AttemptJudge judge = AttemptJudge.Start([Service], watchKernel: false);
        judge.Observe(At(AttemptStage.Connect, ECONNREFUSED));
        Assert.Equal(Words(judge.Finish()), Words(judge.Finish()));
    }
}
