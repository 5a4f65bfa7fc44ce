using System.Globalization;
using System.Net;
using Tcpwhy.E2e.Lab;
using Tcpwhy.Filtering;
using Tcpwhy.Lab;
using Tcpwhy.Lab.Healthy;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.E2e.Diagnosis;

/// <summary>All healthy traffic, made once under one diagnosis: two kinds side by side, then a mixture. TCPWHY_HEALTHY_SECONDS lengthens each kind, TCPWHY_MIXTURE_SECONDS the mixture.</summary>
public sealed class HealthyLife : IAsyncLifetime
{
    /// <summary>Several kinds at once between the same machines.</summary>
    public const string Mixture = "mixture";

    static readonly TimeSpan Length = Seconds("TCPWHY_HEALTHY_SECONDS");
    static readonly TimeSpan MixtureLength = Seconds("TCPWHY_MIXTURE_SECONDS");

    readonly List<Lived> _lived = [];
    readonly List<Network> _networks = [];
    Recording? _recording;
    Answer? _answer;
    string? _obstacle;

    /// <summary>What one kind of traffic did, and what was said of its addresses.</summary>
    public sealed record Lived(string Name, IReadOnlyList<IPAddress> Addresses, long Requests, long Errors, IReadOnlyList<Finding> Findings);

    public Answer Answer
    {
        get
        {
            Assert.SkipWhen(_answer is null, _obstacle ?? "");
            return _answer;
        }
    }

    public Lived Of(string name)
    {
        Answer answer = Answer;
        Lived? lived = _lived.Find(one => one.Name == name);
        Assert.SkipWhen(lived is null, $"needs {string.Join(", ", Requirements.Missing(Kinds(name).SelectMany(kind => kind.Requires)).Distinct())}");
        return lived with
        {
            Findings = [.. answer.Findings.Where(finding => lived.Addresses.Contains(finding.Local.Address) || lived.Addresses.Contains(finding.Peer.Address))],
        };
    }

    public async ValueTask InitializeAsync()
    {
        IReadOnlyList<string> missing = Requirements.Missing(Requirements.Network);
        using ISource? source = missing.Count > 0 ? null : WatchedKernel.Open(out _obstacle);
        if (source is null)
        {
            _obstacle ??= $"needs {string.Join(", ", missing)}";
            return;
        }
        _recording = new Recording("healthy-life");
        using var window = new CancellationTokenSource();
        Task<Answer> diagnosis = Task.Factory.StartNew(() => Pipeline.Run(source, Filter.Everything, _recording.Write, null, window.Token), TaskCreationOptions.LongRunning);
        try
        {
            foreach (HealthyTraffic[] pair in HealthyCatalogue.All.Chunk(2))
                await Task.WhenAll(pair.Select(kind => LiveAsync(kind.Name)));
            await LiveAsync(Mixture);
            await Task.Delay(1000);
        }
        finally
        {
            // Networks and services live until the verdict, so that their end is not part of it.
            await window.CancelAsync();
            _answer = await diagnosis;
            _recording.Finish();
        }
    }

    async Task LiveAsync(string name)
    {
        HealthyTraffic[] kinds = Kinds(name);
        if (Requirements.Missing(kinds.SelectMany(kind => kind.Requires)).Count > 0)
            return;
        CancellationToken ct = TestContext.Current.CancellationToken;
        Network network = await LabUnderTest.NetworkAsync([]);
        lock (_networks)
            _networks.Add(network);
        HealthyRun[] runs = await Task.WhenAll(kinds.Select((kind, n) => kind.RunAsync(network, new Parameters { Port = 8080 + n, Ipv6 = n % 2 == 1 }, name == Mixture ? MixtureLength : Length, ct)));
        var lived = new Lived(name, [.. new[] { network.Client, network.Router, network.Server }.SelectMany(host => new[] { host.Address(false), host.Address(true) })],
            runs.Min(run => run.Requests), runs.Sum(run => run.Errors), []);
        lock (_lived)
            _lived.Add(lived);
    }

    static TimeSpan Seconds(string variable) =>
        TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable(variable) ?? "10", CultureInfo.InvariantCulture));

    // Both proxies would take the same port.
    static HealthyTraffic[] Kinds(string name) => name == Mixture
        ? [.. HealthyCatalogue.All.Where(kind => kind.Name != "health-checks")]
        : [HealthyCatalogue.Find(name)!];

    public async ValueTask DisposeAsync()
    {
        foreach (Network network in _networks)
            await network.DisposeAsync();
        _recording?.Dispose();
    }
}
