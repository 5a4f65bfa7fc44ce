namespace Tcpwhy.Lab.Faults;

/// <summary>A NAT that has but four source ports for one destination.</summary>
public sealed class SnatPortCollision : Fault
{
    private const int Ports = 4;

    public override string Cause => "snat-port-collision";
    public override string Description => "A NAT gives every connection to one service one of four source ports; when all are taken, it drops further SYNs.";
    public override int Count => 5;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        await stage.Network.Client.SetAsync(["net.ipv4.tcp_syn_retries=2"], ct);
        await stage.Network.Router.NftAsync($$"""
            table inet nat {
                chain leave {
                    type nat hook postrouting priority 100; policy accept;
                    {{stage.ToService}} masquerade to :50000-{{50_000 + Ports - 1}}
                }
            }

            """, ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        foreach (Conversation conversation in await stage.OpenAsync(listener, Ports, ct))
            await conversation.ExchangeAsync(ct);
        return stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(30), ct), "ETIMEDOUT");
    }
}
