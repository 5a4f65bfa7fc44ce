using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Lab;

/// <summary>Callers who never complete their handshake: their addresses are nobody's, and answers to them vanish.</summary>
internal static class HalfOpen
{
    /// <summary>Fills a listener's queue of half-open connections, which holds as many as its backlog, or one more on newer kernels.</summary>
    public static async Task FillAsync(Stage stage, int backlog, CancellationToken ct)
    {
        bool ipv6 = stage.Parameters.Ipv6;
        string net = ipv6 ? "2001:db8:7d::" : "203.0.113.";
        await stage.Network.Router.RunAsync(["ip", ipv6 ? "-6" : "-4", "route", "add", "blackhole", ipv6 ? "2001:db8:7d::/64" : "203.0.113.0/24"], ct);
        Actor client = await stage.ClientAsync(ct);
        for (int n = 1; n <= backlog + 1; n++)
            await client.ForgeAsync(new ForgedSegment(new Endpoint(IPAddress.Parse(net + n), 40_000 + n), stage.Service, TcpFlags.Syn, Sequence: 1000), ct);
        await Task.Delay(100, ct);
    }
}
