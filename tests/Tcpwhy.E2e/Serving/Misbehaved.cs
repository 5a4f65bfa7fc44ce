using System.Text.Json;
using Tcpwhy.E2e.Diagnosis;
using Tcpwhy.E2e.Lab;
using Tcpwhy.E2e.Program;
using Tcpwhy.Filtering;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.E2e.Serving;

/// <summary>Misbehaving servers side by side in one network, each broken on <see cref="Clients"/> connections by a client that does what meets its misbehaviour, under one diagnosis.</summary>
public sealed class Misbehaved(BuiltProgram program) : IAsyncLifetime
{
    public const int Clients = 5;
    const int Request = 100;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    readonly Dictionary<int, JsonElement> _summaries = [];
    string? _obstacle;
    Answer? _answer;

    /// <summary>Ports with the options of the server there.</summary>
    public static readonly IReadOnlyDictionary<int, string> Servers = new Dictionary<int, string>
    {
        [8101] = "--close-unread",
        [8102] = "--reset-after 100",
        [8103] = "--mode discard --reset-after 1500ms",
        [8104] = "--idle-timeout 1s",
        [8105] = "--idle-timeout 1100ms",
        [8106] = "--close-after 100",
        [8107] = "--max-connections 1 --backlog 1",
        [8108] = "--accept-delay 1m --backlog 1",
    };

    /// <summary>What was said of the connections to a port; the test is skipped, with the reason, where nothing could be made or watched.</summary>
    public IReadOnlyList<Finding> Findings(int port)
    {
        Assert.SkipWhen(_answer is null, _obstacle ?? "");
        return [.. _answer.Findings.Where(finding => finding.Local.Port == port || finding.Peer.Port == port)];
    }

    /// <summary>What the server itself says that it did.</summary>
    public JsonElement Summary(int port) => _summaries[port];

    public async ValueTask InitializeAsync()
    {
        IReadOnlyList<string> missing = Requirements.Missing(Requirements.Network);
        using ISource? source = missing.Count > 0 ? null : WatchedKernel.Open(out _obstacle);
        if (source is null)
        {
            _obstacle ??= $"needs {string.Join(", ", missing)}";
            return;
        }
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        Dictionary<int, RunningProgram> servers = [];
        try
        {
            foreach ((int port, string options) in Servers)
            {
                servers[port] = await program.StartAsync(["ip", "netns", "exec", network.Server.Name],
                    ["listen", $"{network.Server.Ipv4}:{port}", .. options.Split(' '), "--format", "json"]);
            }
            foreach (RunningProgram server in servers.Values)
                await server.SaysAsync("listening");
            _answer = await WatchAsync(source, network, ct);
            foreach ((int port, RunningProgram server) in servers)
            {
                await server.SignalAsync("INT");
                ProgramEnd end = await server.EndAsync();
                Assert.True(end.Status == 130, end.Error);
                _summaries[port] = JsonDocument.Parse(end.Out).RootElement;
            }
        }
        finally
        {
            foreach (RunningProgram server in servers.Values)
                server.Dispose();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    static async Task<Answer> WatchAsync(ISource source, Network network, CancellationToken ct)
    {
        using CancellationTokenSource stop = new();
        TaskCompletionSource started = new();
        Filter filter = Filter.Parse([$"dst {network.Server.Ipv4}"]);
        Task<Answer> watching = Task.Run(() => Pipeline.Run(source, filter, seen =>
        {
            if (seen is Started)
                started.TrySetResult();
        }, null, stop.Token), ct);
        await started.Task;
        Actor client = await network.StartActorAsync(network.Client, "checkout", ct);
        await Task.WhenAll(
            EachAsync(port: 8101, async socket => await RefusedAsync(socket)),
            EachAsync(port: 8102, async socket => await RefusedAsync(socket)),
            EachAsync(port: 8103, async socket => await RefusedAsync(socket)),
            EachAsync(port: 8104, async socket => await AgainAsync(socket, TimeSpan.FromSeconds(1.8))),
            CrossAsync(),
            EachAsync(port: 8106, async socket => await AgainAsync(socket, TimeSpan.FromSeconds(0.5))),
            FillAsync(port: 8107, queued: 3),
            FillAsync(port: 8108, queued: 2));
        await Task.Delay(500, ct);
        await stop.CancelAsync();
        return await watching;

        async Task EachAsync(int port, Func<ActorSocket, Task> act) => await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            ActorSocket socket = await client.ConnectAsync(new Endpoint(network.Server.Ipv4, port), ct);
            await act(socket);
            await socket.CloseAsync(ct);
        }));

        // A request that is answered with a reset.
        async Task RefusedAsync(ActorSocket socket)
        {
            (await socket.SendAsync(Request, ct)).Expect("request");
            Assert.Equal("ECONNRESET", (await socket.ReceiveAsync(1, Patience, ct)).Outcome);
        }

        // A request that is answered, a pause in which the server closes, and another request on the same connection.
        async Task AgainAsync(ActorSocket socket, TimeSpan pause)
        {
            (await socket.ExchangeAsync(Request, Request, null, ct)).Expect("first request");
            await Task.Delay(pause, ct);
            Reply again = await socket.ExchangeAsync(Request, Request, null, ct);
            Assert.Contains(again.Outcome, new[] { "EOF", "ECONNRESET", "EPIPE" });
        }

        // The router loses the server's FIN, so that the request crosses it.
        async Task CrossAsync()
        {
            await network.Router.FilterAsync("forward", [$"ip saddr {network.Server.Ipv4} tcp sport 8105 tcp flags & fin == fin drop"], ct);
            await EachAsync(port: 8105, async socket => await AgainAsync(socket, TimeSpan.FromSeconds(1.5)));
            await network.Router.UnfilterAsync(ct);
        }

        // So many are accepted or wait in the queue; the others' SYNs are dropped.
        async Task FillAsync(int port, int queued)
        {
            Endpoint to = new(network.Server.Ipv4, port);
            ActorSocket[] open = new ActorSocket[queued];
            for (int i = 0; i < queued; i++)
            {
                open[i] = await client.ConnectAsync(to, ct);
                await Task.Delay(100, ct);
            }
            Reply[] tries = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => client.TryConnectAsync(to, TimeSpan.FromSeconds(2.5), ct)));
            Assert.All(tries, reply => Assert.Equal("SILENCE", reply.Outcome));
            foreach (ActorSocket socket in open)
                await socket.CloseAsync(ct);
        }
    }
}
