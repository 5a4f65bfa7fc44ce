using Tcpwhy.Lab;
using Tcpwhy.Model;

namespace Tcpwhy.E2e.Attempts;

/// <summary>A network whose server misbehaves, for a client that is our own program.</summary>
public sealed class Scene(Network network) : IAsyncDisposable
{
    /// <summary>Bytes of a request and of its answer.</summary>
    public const int Request = 211, Answer = 389;

    Actor? _server;

    public Network Network => network;
    public Endpoint Service { get; } = new(network.Server.Ipv4, 8080);

    /// <summary>nft matches of segments to the service and from it.</summary>
    public string ToService => $"ip daddr {Service.Address} tcp dport {Service.Port}";
    public string FromService => $"ip saddr {Service.Address} tcp sport {Service.Port}";

    public async Task<Actor> ServerAsync(CancellationToken ct) => _server ??= await network.StartActorAsync(network.Server, "orders-api", ct);

    public async Task<ActorSocket> ListenAsync(CancellationToken ct, int backlog = 128) => await (await ServerAsync(ct)).ListenAsync(Service, ct, backlog);

    /// <summary>A server that answers, and closes what is idle for so long (never, when zero).</summary>
    public async Task ServeAsync(TimeSpan idle, CancellationToken ct) => (await (await ListenAsync(ct)).ServeAsync(Request, Answer, idle, ct)).Expect("serve");

    /// <summary>Takes so many connections, one after the other, and does the same to each.</summary>
    public static async Task EachAsync(ActorSocket listener, int connections, Func<ActorSocket, Task> act, CancellationToken ct)
    {
        for (int i = 0; i < connections; i++)
            await act(await listener.AcceptAsync(ct));
    }

    public ValueTask DisposeAsync() => network.DisposeAsync();
}
