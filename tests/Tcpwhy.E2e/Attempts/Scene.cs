using Tcpwhy.Lab;
using Tcpwhy.Model;

namespace Tcpwhy.E2e.Attempts;

/// <summary>A network whose server misbehaves, for a client that is our own program.</summary>
public sealed class Scene(Network network, int failures)
{
    /// <summary>Bytes of a raw request and of its answer; more than either, and than any request of ours.</summary>
    public const int Request = 211, Answer = 389, Most = 65_536;

    Actor? _server;

    public Network Network => network;
    public int Failures => failures;
    public Endpoint Service { get; } = new(network.Server.Ipv4, 8080);

    /// <summary>nft matches of segments to the service and from it.</summary>
    public string ToService => $"ip daddr {Service.Address} tcp dport {Service.Port}";
    public string FromService => $"ip saddr {Service.Address} tcp sport {Service.Port}";

    public async Task<Actor> ServerAsync(CancellationToken ct) => _server ??= await network.StartActorAsync(network.Server, "orders-api", ct);

    public async Task<ActorSocket> ListenAsync(CancellationToken ct, int backlog = 128) => await (await ServerAsync(ct)).ListenAsync(Service, ct, backlog);

    /// <summary>A server that answers raw requests, and closes what is idle for so long (never, when zero).</summary>
    public async Task ServeAsync(TimeSpan idle, CancellationToken ct) => (await (await ListenAsync(ct)).ServeAsync(Request, Answer, idle, ct)).Expect("serve");
}
