using System.Collections.Concurrent;
using Tcpwhy.E2e.Lab;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Xunit;
using Xunit.Sdk;

namespace Tcpwhy.E2e.Diagnosis;

/// <summary>Faults made once, side by side under one diagnosis that is also recorded, for every test that looks at the answer.</summary>
public abstract class Diagnosed(string name, IEnumerable<Trial> wanted) : IAsyncLifetime
{
    string? _obstacle;
    Recording? _recording;
    Answer? _answer;
    IReadOnlyList<Trial> _trials = [];

    /// <summary>What the kernel's counters objected to, by what was made.</summary>
    readonly ConcurrentDictionary<Made, string> _objections = new(ReferenceEqualityComparer.Instance);

    /// <summary>What was said live; the test is skipped, with the reason, where nothing could be made or watched.</summary>
    public Answer Answer
    {
        get
        {
            Assert.SkipWhen(_answer is null, _obstacle ?? "");
            return _answer;
        }
    }

    /// <summary>The events that the answer was drawn from.</summary>
    public string RecordingFile => _recording!.File;

    /// <summary>What became of one fault; the test is skipped where a program that it needs is missing.</summary>
    public Trial Of(string cause, string? variant)
    {
        _ = Answer;
        Trial trial = _trials.Single(one => one.Fault.Cause == cause && one.Parameters.Variant == variant);
        IReadOnlyList<string> missing = Requirements.Missing(trial.Fault.Requires);
        Assert.SkipWhen(missing.Count > 0, $"needs {string.Join(", ", missing)}");
        return trial;
    }

    /// <summary>Fails when the kernel's own counters do not show what the lab says it made.</summary>
    public void KernelAgreesTo(string cause, string? variant)
    {
        Trial trial = Of(cause, variant);
        Assert.Null(trial.Obstacle);
        Assert.Null(_objections.GetValueOrDefault(trial.Made!));
    }

    public async ValueTask InitializeAsync()
    {
        IReadOnlyList<string> missing = Requirements.Missing(Requirements.Network);
        using ISource? source = missing.Count > 0 ? null : WatchedKernel.Open(out _obstacle, payload: true);
        if (source is null)
        {
            _obstacle ??= $"needs {string.Join(", ", missing)}";
            return;
        }
        _recording = new Recording(name);
        var trials = new Trials(source, LabUnderTest.Executable) { SideBySide = 6, OnEvent = _recording.Write, Witness = WitnessAsync };
        (_answer, _trials) = await trials.RunAsync([.. wanted], TestContext.Current.CancellationToken);
        _recording.Finish();
        await AgainAsync([.. _trials.Where(trial => trial.Obstacle is null && (TrialAssert.Objection(trial) is not null || _objections.ContainsKey(trial.Made!)))]);
    }

    async Task<Func<Made, CancellationToken, Task>> WitnessAsync(Network network, CancellationToken ct)
    {
        KernelAgrees kernel = await KernelAgrees.WatchAsync(network, ct);
        return async (made, stop) =>
        {
            try
            {
                await kernel.CheckAsync(made, stop);
            }
            catch (XunitException objection)
            {
                _objections[made] = objection.Message;
            }
        };
    }

    /// <summary>One more try for what came out wrong. A kernel may be built to pass over tracepoints while process 1 runs (as those of some sandboxes are, to hide their agent): timers that interrupt that process then fire unseen, by us as by perf and ftrace.</summary>
    async Task AgainAsync(List<Trial> wrong)
    {
        if (wrong.Count == 0)
            return;
        foreach (Trial trial in wrong)
            TestContext.Current.SendDiagnosticMessage($"once more: {TrialAssert.Objection(trial) ?? _objections.GetValueOrDefault(trial.Made!)}");
        using ISource source = WatchedKernel.Open(out _, payload: true)!;
        using Recording? kept = Recording.ToKeep($"{name}-again");
        var trials = new Trials(source, LabUnderTest.Executable) { SideBySide = 6, OnEvent = next => kept?.Write(next), Witness = WitnessAsync };
        (_, IReadOnlyList<Trial> again) = await trials.RunAsync([.. wrong.Select(trial => new Trial(trial.Fault, trial.Parameters))], TestContext.Current.CancellationToken);
        kept?.Finish();
        _trials = [.. _trials.Except(wrong), .. again];
    }

    public ValueTask DisposeAsync()
    {
        _recording?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
