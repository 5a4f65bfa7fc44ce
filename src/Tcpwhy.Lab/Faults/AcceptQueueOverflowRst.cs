namespace Tcpwhy.Lab.Faults;

/// <summary>The queue is full when the handshake would complete, and tcp_abort_on_overflow resets the client.</summary>
public sealed class AcceptQueueOverflowRst : Fault
{
    public override string Cause => "accept-queue-overflow-rst";
    public override string Description => "Handshakes complete while the accept queue is full, and tcp_abort_on_overflow=1 makes the server reset them.";
    public override int Count => 5;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        int backlog = stage.Count + 2;
        await stage.ListenAsync(ct, backlog);
        await stage.Network.Server.SetAsync(["net.ipv4.tcp_abort_on_overflow=1"], ct);
        Actor client = await stage.ClientAsync(ct);
        // The last segment of these handshakes is lost on its way; the clients believe that they are connected.
        await stage.Network.Router.FilterAsync("forward", [$"{stage.ToService} tcp flags & (syn | ack) == ack drop"], ct);
        var waiting = new List<ActorSocket>();
        for (int i = 0; i < stage.Count; i++)
            waiting.Add(await client.ConnectAsync(stage.Service, ct));
        await stage.Network.Router.UnfilterAsync(ct);
        // Others take all places before the server repeats its SYN-ACKs, a second later.
        for (int i = 0; i <= backlog; i++)
            await client.ConnectAsync(stage.Service, ct);
        Reply[] ends = await Task.WhenAll(waiting.Select(socket => socket.ReceiveToEndAsync(TimeSpan.FromSeconds(10), ct)));
        return stage.Made([.. ends.Select(end => end.Outcome)], "ECONNRESET");
    }
}
