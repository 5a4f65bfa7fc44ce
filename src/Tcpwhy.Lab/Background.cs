using Tcpwhy.Model;

namespace Tcpwhy.Lab;

/// <summary>Healthy traffic on the same machines as a fault, on the next port and between other processes.</summary>
internal sealed class Background : IAsyncDisposable
{
    const int RequestBytes = 211, ReplyBytes = 1553, Connections = 3;
    readonly Actor _client;

    Background(Actor client) => _client = client;

    /// <summary>The port beside the fault's own, on which its service listens.</summary>
    public static int PortOf(Parameters parameters) => parameters.Port + 1;

    public static async Task<Background> StartAsync(Network network, Parameters parameters, CancellationToken ct)
    {
        Actor server = await network.StartActorAsync(network.Server, "inventory", ct);
        Actor client = await network.StartActorAsync(network.Client, "search", ct);
        var service = new Endpoint(network.Server.Address(parameters.Ipv6), PortOf(parameters));
        ActorSocket listener = await server.ListenAsync(service, ct);
        await listener.ServeAsync(RequestBytes, ReplyBytes, TimeSpan.Zero, ct);
        await client.StartLoadAsync(service, Connections, RequestBytes, ReplyBytes, TimeSpan.FromMilliseconds(10), ct);
        return new Background(client);
    }

    public async ValueTask DisposeAsync() => (await _client.StopLoadAsync(CancellationToken.None)).Expect("background load");
}
