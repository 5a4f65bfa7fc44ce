namespace Tcpwhy.Lab.Faults;

/// <summary>A filter program on the socket lets nothing in.</summary>
public sealed class BpfPolicyDrop : Fault
{
    public override string Cause => "bpf-policy-drop";
    public override string Description => "A BPF filter attached to the listening socket drops every segment.";
    public override int Count => 3;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        await listener.BlindAsync(ct);
        await stage.Network.Client.SetAsync(["net.ipv4.tcp_syn_retries=2"], ct);
        return stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(30), ct), "ETIMEDOUT");
    }
}
