namespace Tcpwhy.Lab.Faults;

/// <summary>A queue of half-open connections that callers fill who never complete their handshake, with SYN cookies off.</summary>
public sealed class SynQueueOverflowDrop : Fault
{
    private const int Backlog = 8;

    public override string Cause => "syn-queue-overflow-drop";
    public override string Description => "Half-open connections fill the listener's SYN queue, SYN cookies are off, and further SYNs are dropped.";
    public override int Count => 5;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        await stage.Network.Server.SetAsync(["net.ipv4.tcp_syncookies=0"], ct);
        ActorSocket listener = await stage.ListenAsync(ct, Backlog);
        await listener.ServeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, TimeSpan.Zero, ct);
        await HalfOpen.FillAsync(stage, Backlog, ct);
        // A crowded queue lets its oldest go after three seconds, so these clients are impatient.
        return stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(1.7), ct), "SILENCE");
    }
}
