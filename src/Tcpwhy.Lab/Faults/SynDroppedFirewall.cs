namespace Tcpwhy.Lab.Faults;

/// <summary>SYNs vanish in a firewall.</summary>
public sealed class SynDroppedFirewall : Fault
{
    public override string Cause => "syn-dropped-firewall";
    public override string Description => "A firewall (on the way, or on the server's host) drops connection attempts without a word.";
    public override int Count => 5;
    public override IReadOnlyList<string> Variants => ["router", "host", "impatient"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        await listener.ServeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, TimeSpan.Zero, ct);
        var (where, hook) = stage.Variant == "host" ? (stage.Network.Server, "input") : (stage.Network.Router, "forward");
        await where.FilterAsync(hook, [$"{stage.ToService} drop"], ct);
        await stage.Network.Client.SetAsync(["net.ipv4.tcp_syn_retries=2"], ct);
        // Most clients have a timeout of their own and give up before the kernel does.
        return stage.Variant == "impatient"
            ? stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(3.5), ct), "SILENCE")
            : stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(30), ct), "ETIMEDOUT");
    }
}
