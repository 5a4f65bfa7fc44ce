using System.Text.Json;
using Tcpwhy.E2e.Diagnosis;
using Tcpwhy.E2e.Lab;
using Tcpwhy.E2e.Program;
using Tcpwhy.Filtering;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.E2e.Attempts;

/// <summary>Faults that our own program meets as the client, several side by side, with a diagnosis beside them that sees them all.</summary>
public abstract class MetByProgram(string verb, IReadOnlyList<Staged> staged) : IAsyncLifetime
{
    static readonly SemaphoreSlim Building = new(1);
    readonly Dictionary<string, Met> _met = [];
    string? _obstacle;

    /// <summary>What the program and the diagnosis said of a fault; the test is skipped, with the reason, where it could not be made or watched.</summary>
    public Met Of(string cause)
    {
        Assert.SkipWhen(_obstacle is not null, _obstacle ?? "");
        return _met[cause];
    }

    public async ValueTask InitializeAsync()
    {
        IReadOnlyList<string> missing = Requirements.Missing([.. Requirements.Network, "nsenter"]);
        using ISource? source = missing.Count > 0 ? null : WatchedKernel.Open(out _obstacle);
        if (source is null)
        {
            _obstacle ??= $"needs {string.Join(", ", missing)}";
            return;
        }
        CancellationToken ct = TestContext.Current.CancellationToken;
        using var window = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<Answer> diagnosis = Task.Factory.StartNew(() => Pipeline.Run(source, Filter.Everything, null, null, window.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var networks = new List<Network>();
        try
        {
            using var turn = new SemaphoreSlim(4);
            (Staged, Network, ProgramEnd)[] made = await Task.WhenAll(staged.Select(one => MeetAsync(one, turn, networks, ct)));
            await Task.Delay(1000, ct);
            await window.CancelAsync();
            Answer answer = await diagnosis;
            foreach ((Staged one, Network network, ProgramEnd end) in made)
                _met[one.Cause] = new Met(one, end, [.. answer.Findings.Where(finding => new[] { finding.Local.Address, finding.Peer.Address }.Any(address => address.Equals(network.Client.Ipv4) || address.Equals(network.Server.Ipv4)))]);
        }
        finally
        {
            await window.CancelAsync();
            foreach (Network network in networks)
                await network.DisposeAsync();
        }
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    async Task<(Staged, Network, ProgramEnd)> MeetAsync(Staged one, SemaphoreSlim turn, List<Network> networks, CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            Network network;
            // One after the other: a network takes the first slot that is free.
            await Building.WaitAsync(ct);
            try
            {
                network = await LabUnderTest.NetworkAsync(Requirements.Network);
            }
            finally
            {
                Building.Release();
            }
            lock (networks)
                networks.Add(network);
            var scene = new Scene(network, one.Failures);
            Func<Task> meanwhile = await one.Prepare(scene, ct);
            // Not ip netns exec, which hides the cgroups.
            using var program = new RunningProgram(["nsenter", $"--net=/run/netns/{network.Client.Name}", "dotnet", LabUnderTest.Executable, verb, $"{scene.Service}", .. one.Options, "--format", "json"]);
            Task<ProgramEnd> end = program.EndAsync(TimeSpan.FromMinutes(3));
            await Task.WhenAny(end, meanwhile());
            return (one, network, await end);
        }
        finally
        {
            turn.Release();
        }
    }
}

/// <summary>One fault, what our program said of it, and the findings of the diagnosis beside it.</summary>
public sealed record Met(Staged Staged, ProgramEnd End, IReadOnlyList<Finding> Findings)
{
    public JsonElement Said()
    {
        Assert.True(End.Out.StartsWith('{'), $"{End.Status}: {End.Out}\n{End.Error}");
        return JsonDocument.Parse(End.Out).RootElement;
    }

    /// <summary>The first finding of the diagnosis that is no normal life.</summary>
    public string? Diagnosed => Findings.FirstOrDefault(finding => finding.Severity > Severity.Info)?.Cause;
}
