namespace Tcpwhy.Lab.Faults;

/// <summary>The first segment of a handshake is lost; the next comes through.</summary>
public sealed class SynLostNetwork : Fault
{
    public override string Cause => "syn-lost-network";
    public override string Description => "The network loses each connection's first SYN (or SYN-ACK); the repeated one, a second later, comes through.";
    public override int Count => 5;
    public override IReadOnlyList<string> Variants => ["syn", "syn-ack"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        await listener.ServeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, TimeSpan.Zero, ct);
        string lost = stage.Variant == "syn"
            ? $"{stage.ToService} tcp flags syn / fin,syn,rst,ack"
            : $"{stage.FromService} tcp flags syn,ack / fin,syn,rst,ack";
        await stage.Network.Router.FilterAsync("forward", [$"{lost} limit rate 1/hour burst {stage.Count} packets drop"], ct);
        return stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(20), ct), "OK");
    }
}
