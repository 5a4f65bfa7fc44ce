using System.Globalization;
using Tcpwhy.E2e.Lab;
using Tcpwhy.Lab;
using Tcpwhy.Lab.Healthy;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.E2e.Diagnosis;

/// <summary>All healthy traffic, made once: some kinds side by side, then the mixture of all. TCPWHY_HEALTHY_SECONDS lengthens each kind, TCPWHY_MIXTURE_SECONDS the mixture.</summary>
public sealed class HealthyLife : IAsyncLifetime
{
    const int SideBySide = 6;

    readonly List<HealthyTrial> _trials = [];
    string? _obstacle;

    /// <summary>Events that were lost while it ran, for want of room.</summary>
    public long Lost { get; private set; }

    /// <summary>Runs of a program that the kernel left out, since an interrupt met the same program at work.</summary>
    public long Missed { get; private set; }

    /// <summary>Connections that were counted.</summary>
    public long Opened { get; private set; }

    /// <summary>What became of one kind; the test is skipped where it could not be watched, or a program is missing.</summary>
    public HealthyTrial Of(string name)
    {
        Assert.SkipWhen(_obstacle is not null, _obstacle ?? "");
        IReadOnlyList<string> missing = Requirements.Missing(HealthyCatalogue.Find(name)!.Requires);
        Assert.SkipWhen(missing.Count > 0, $"needs {string.Join(", ", missing)}");
        return _trials.Single(trial => trial.Kind.Name == name);
    }

    public async ValueTask InitializeAsync()
    {
        IReadOnlyList<string> missing = Requirements.Missing(Requirements.Network);
        if (missing.Count > 0)
            _obstacle = $"needs {string.Join(", ", missing)}";
        // Every second kind over IPv6.
        HealthyTrial[] kinds = [.. HealthyCatalogue.All.SkipLast(1).Select((kind, n) => new HealthyTrial(kind, new Parameters { Ipv6 = n % 2 == 1 }))];
        foreach (HealthyTrial[] some in kinds.Chunk(SideBySide))
            await RunAsync(some, Seconds("TCPWHY_HEALTHY_SECONDS"));
        await RunAsync([new HealthyTrial(HealthyCatalogue.All[^1], new Parameters())], Seconds("TCPWHY_MIXTURE_SECONDS"));
    }

    async Task RunAsync(HealthyTrial[] trials, TimeSpan time)
    {
        if (_obstacle is not null)
            return;
        using ISource? source = WatchedKernel.Open(out _obstacle);
        if (source is null)
            return;
        using var recording = Recording.ToKeep($"healthy-{trials[0].Kind.Name}");
        (var answer, IReadOnlyList<HealthyTrial> run) = await HealthyTrial.RunAsync(source, trials, time, Observe, TestContext.Current.CancellationToken, LabUnderTest.Executable);
        recording?.Finish();
        Opened += answer.Opened;
        _trials.AddRange(run);

        void Observe(Event next)
        {
            recording?.Write(next);
            if (next is Lost { Where: "programs" } missed)
                Missed += missed.Count;
            else if (next is Lost lost)
                Lost += lost.Count;
        }
    }

    static TimeSpan Seconds(string variable) =>
        TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable(variable) ?? "10", CultureInfo.InvariantCulture));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
