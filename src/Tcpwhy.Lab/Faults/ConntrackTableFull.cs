using System.Globalization;

namespace Tcpwhy.Lab.Faults;

/// <summary>Connection tracking that knows as many connections as it may.</summary>
public sealed class ConntrackTableFull : Fault
{
    /// <summary>Connections that are tracked and live on, and how far below them the limit is set: what times out meanwhile makes no room.</summary>
    const int Others = 180, Below = 30;

    static readonly TimeSpan Full = TimeSpan.FromSeconds(0.6);

    public override string Cause => "conntrack-table-full";
    public override string Description => "The connections that a stateful firewall knows fill its table, so that it drops the SYNs of new ones, though its rules let them pass.";
    public override int Count => 5;
    public override IReadOnlyList<string> Variants => ["router", "host", "client", "impatient"];
    public override IReadOnlyList<string> NeedsGlobal => ["net.netfilter.nf_conntrack_max"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        (Host where, string hook) = stage.Variant switch
        {
            "host" => (stage.Network.Server, "input"),
            "client" => (stage.Network.Client, "output"),
            _ => (stage.Network.Router, "forward"),
        };
        // Only this service is tracked, so that what goes on beside it is not turned away as well.
        await where.NftAsync($$"""
            table inet tcpwhy {
                chain arriving {
                    type filter hook prerouting priority -300; policy accept;
                    tcp dport {{stage.Service.Port}} accept
                    tcp sport {{stage.Service.Port}} accept
                    notrack
                }
                chain leaving {
                    type filter hook output priority -300; policy accept;
                    tcp dport {{stage.Service.Port}} accept
                    tcp sport {{stage.Service.Port}} accept
                    notrack
                }
                chain lab {
                    type filter hook {{hook}} priority 0; policy accept;
                    ct state new accept
                }
            }

            """, ct);
        ActorSocket listener = await stage.ListenAsync(ct, backlog: 512);
        await listener.ServeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, TimeSpan.Zero, ct);
        Actor client = await stage.ClientAsync(ct);
        for (int i = 0; i < Others; i++)
            await client.ConnectAsync(stage.Service, ct);
        // Connection tracking is known to be at work there when its counters have been read.
        await Task.Delay(TimeSpan.FromSeconds(1.5), ct);
        int known = int.Parse((await where.RunAsync(["sysctl", "-n", "net.netfilter.nf_conntrack_count"], ct)).Trim(), CultureInfo.InvariantCulture);
        if (known < Others)
            throw new LabException($"{Cause}: {known} connections are tracked, {Others} are open");
        bool impatient = stage.Variant == "impatient";
        Task<string[]> tries;
        using (GlobalSetting.Change(NeedsGlobal[0], $"{known - Below}"))
        {
            // The SYN is repeated after 1 s, when there is room again.
            tries = stage.ConnectAllAsync(stage.Count, impatient ? TimeSpan.FromSeconds(0.8) : TimeSpan.FromSeconds(30), ct);
            await Task.Delay(Full, ct);
        }
        return stage.Made(await tries, impatient ? "SILENCE" : "OK");
    }
}
