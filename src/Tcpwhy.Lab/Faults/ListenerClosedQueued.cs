namespace Tcpwhy.Lab.Faults;

/// <summary>A listener is closed while connections wait in its queue.</summary>
public sealed class ListenerClosedQueued : Fault
{
    public override string Cause => "listener-closed-queued";
    public override string Description => "The server closes its listener while established connections wait to be accepted.";
    public override int Count => 7;
    public override IReadOnlyList<string> Variants => ["usual", "request"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Actor client = await stage.ClientAsync(ct);
        var waiting = new List<ActorSocket>();
        for (int i = 0; i < stage.Count; i++)
        {
            ActorSocket socket = await client.ConnectAsync(stage.Service, ct);
            if (stage.Variant == "request")
                await socket.SendAsync(stage.Parameters.RequestBytes, ct);
            waiting.Add(socket);
        }
        await Stage.SettleAsync(ct);
        await listener.CloseAsync(ct);
        Reply[] ends = await Task.WhenAll(waiting.Select(socket => socket.ReceiveToEndAsync(TimeSpan.FromSeconds(5), ct)));
        return stage.Made([.. ends.Select(end => end.Outcome)], "ECONNRESET");
    }
}
