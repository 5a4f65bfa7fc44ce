using Tcpwhy.E2e.Hygiene;
using Tcpwhy.E2e.Lab;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.E2e.Truth;

/// <summary>Healthy connections are counted in the kernel: exactly as many as were made, with their bytes.</summary>
[Collection(nameof(Alone))]
public class TrafficTests
{
    const int Connections = 101, Request = 211, ReplyBytes = 1553, Port = 7007;
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_hundred_and_one_connections_are_counted(bool ipv6)
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        Actor server = await network.StartActorAsync(network.Server, "ledger", Ct), client = await network.StartActorAsync(network.Client, "teller", Ct);
        var service = new Endpoint(network.Server.Address(ipv6), Port);
        await (await server.ListenAsync(service, Ct)).ServeAsync(Request, ReplyBytes, TimeSpan.Zero, Ct);

        string wanted = $"opened {Connections}, accepted 0, closed {Connections}; "
            + $"{client.Info.Comm} {client.Info.Pid} with {network.Server.Address(ipv6)}: {Connections}, {Connections * Request} sent, {Connections * ReplyBytes} received; "
            + $"{server.Info.Comm} {server.Info.Pid} with {network.Client.Address(ipv6)}: {Connections}, {Connections * ReplyBytes} sent, {Connections * Request} received";
        // What else happens on this host is counted as well, so one count in five has to be right.
        List<string> counts = [];
        for (int tries = 0; tries < 5 && !counts.Contains(wanted); tries++)
        {
            IReadOnlyList<Event> seen = await Observation.OfAsync(() => ConverseAsync(client, service));
            List<TrafficCounted> traffic = [.. seen.OfType<TrafficCounted>()];
            List<TrafficFlow> flows = [.. traffic.SelectMany(one => one.Flows).Where(flow => flow.Port == Port)];
            counts.Add(string.Join("; ",
                $"opened {traffic.Sum(one => one.Opened)}, accepted {traffic.Sum(one => one.Accepted)}, closed {traffic.Sum(one => one.ClosedNormally)}",
                Told(flows, network.Client, Opener.Local),
                Told(flows, network.Server, Opener.Remote)));
        }
        Assert.Contains(wanted, counts);
    }

    static string Told(List<TrafficFlow> flows, Host host, Opener opener) => string.Join(" and ", flows
        .Where(flow => flow.Netns == host.Netns && flow.Opener == opener)
        .Select(flow => $"{flow.Process?.Comm} {flow.Process?.Pid} with {flow.Remote}: {flow.Closed}, {flow.BytesSent} sent, {flow.BytesReceived} received"));

    static async Task ConverseAsync(Actor client, Endpoint service)
    {
        for (int i = 0; i < Connections; i++)
        {
            ActorSocket socket = await client.ConnectAsync(service, Ct);
            (await socket.ExchangeAsync(Request, ReplyBytes, null, Ct)).Expect("exchange");
            await socket.CloseAsync(Ct);
        }
    }
}
