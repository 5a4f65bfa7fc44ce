using Tcpwhy.Model;

namespace Tcpwhy.Lab;

/// <summary>Where a fault is played: the network, the two processes, and what is wanted.</summary>
internal sealed class Stage(Network network, Parameters parameters, string cause, string variant, int count)
{
    Actor? _client, _server;

    public Network Network => network;
    public Parameters Parameters => parameters;
    public string Variant => variant;
    public int Count => count;
    public Endpoint Service => new(ServerHost.Address(parameters.Ipv6), parameters.Port);

    /// <summary>Where the two processes live, before they are started.</summary>
    public Host ClientHost { get; set; } = network.Client;
    public Host ServerHost { get; set; } = network.Server;

    /// <summary>nft match of segments to the service, and of segments from it.</summary>
    public string ToService => $"{Family} daddr {Service.Address} tcp dport {Service.Port}";
    public string FromService => $"{Family} saddr {Service.Address} tcp sport {Service.Port}";
    string Family => parameters.Ipv6 ? "ip6" : "ip";

    /// <summary>The client's process, started on first use.</summary>
    public async Task<Actor> ClientAsync(CancellationToken ct) =>
        _client ??= await network.StartActorAsync(ClientHost, parameters.ClientName, ct);

    /// <summary>The server's process, started on first use.</summary>
    public async Task<Actor> ServerAsync(CancellationToken ct) =>
        _server ??= await network.StartActorAsync(ServerHost, parameters.ServerName, ct);

    /// <summary>The server listens on the service's port.</summary>
    public async Task<ActorSocket> ListenAsync(CancellationToken ct, int backlog = 128) =>
        await (await ServerAsync(ct)).ListenAsync(Service, ct, backlog);

    /// <summary>Opens connections one after the other, to <paramref name="to"/> where the service has another address for its clients.</summary>
    public async Task<Conversation[]> OpenAsync(ActorSocket listener, int connections, CancellationToken ct, Endpoint? to = null)
    {
        Actor client = await ClientAsync(ct);
        var open = new Conversation[connections];
        for (int i = 0; i < connections; i++)
        {
            ActorSocket near = await client.ConnectAsync(to ?? Service, ct);
            open[i] = new Conversation(near, await listener.AcceptAsync(ct), parameters);
        }
        return open;
    }

    /// <summary>As many connections as are to break, each after one request and its reply.</summary>
    public async Task<Conversation[]> OpenAndExchangeAsync(ActorSocket listener, CancellationToken ct)
    {
        Conversation[] open = await OpenAsync(listener, count, ct);
        foreach (Conversation conversation in open)
            await conversation.ExchangeAsync(ct);
        return open;
    }

    /// <summary>Lets delayed acknowledgements (40 ms) arrive, so that nothing is in flight when the path is cut.</summary>
    public static Task SettleAsync(CancellationToken ct) => Task.Delay(150, ct);

    /// <summary>Tries to connect so many times at once and says how each try ended.</summary>
    public async Task<string[]> ConnectAllAsync(int tries, TimeSpan timeout, CancellationToken ct)
    {
        Actor client = await ClientAsync(ct);
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, tries).Select(_ => client.TryConnectAsync(Service, timeout, ct)));
        return [.. replies.Select(reply => reply.Outcome)];
    }

    /// <summary>What was made, when every outcome is one of those that the cause leads to.</summary>
    /// <exception cref="LabException">Another number of connections broke, or broke in another way.</exception>
    public Made Made(IReadOnlyCollection<string> outcomes, params string[] expected)
    {
        var tally = new SortedDictionary<string, int>(outcomes.GroupBy(o => o).ToDictionary(g => g.Key, g => g.Count()), StringComparer.Ordinal);
        if (outcomes.Count != count || outcomes.Any(o => !expected.Contains(o)))
            throw new LabException($"{cause}: wanted {count} × {string.Join(" or ", expected)}, made {string.Join(", ", tally.Select(t => $"{t.Value} × {t.Key}"))}");
        return new Made
        {
            Cause = cause,
            Variant = variant,
            Count = outcomes.Count,
            Service = Service,
            Client = _client?.Info,
            Server = _server?.Info,
            ClientNetns = ClientHost.Netns,
            ServerNetns = ServerHost.Netns,
            Outcomes = tally,
        };
    }
}
