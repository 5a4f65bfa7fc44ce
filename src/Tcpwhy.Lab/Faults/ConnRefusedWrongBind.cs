using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Lab.Faults;

/// <summary>The server listens on the right port of an address that clients do not use.</summary>
public sealed class ConnRefusedWrongBind : Fault
{
    public override string Cause => "conn-refused-wrong-bind";
    public override string Description => "The server listens on the loopback address, or on IPv6 alone, and clients connect to another.";
    public override int Count => 5;
    public override IReadOnlyList<string> Variants => ["loopback", "v6only"];

    /// <summary>A listener on IPv6 alone refuses IPv4 clients only.</summary>
    public override bool WorksOverIpv6(string variant) => variant != "v6only";

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        Actor server = await stage.ServerAsync(ct);
        bool v6Only = stage.Variant == "v6only";
        IPAddress address = v6Only ? IPAddress.IPv6Any : stage.Parameters.Ipv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        ActorSocket listener = await server.ListenAsync(new Endpoint(address, stage.Service.Port), ct, v6Only: v6Only);
        await listener.ServeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, TimeSpan.Zero, ct);
        return stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(5), ct), "ECONNREFUSED");
    }
}
