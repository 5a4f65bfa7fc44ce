namespace Tcpwhy.Lab.Faults;

/// <summary>A listener that waits for data before it accepts, and clients that wait for its greeting.</summary>
public sealed class DeferAcceptStall : Fault
{
    public override string Cause => "defer-accept-stall";
    public override string Description => "The listener has TCP_DEFER_ACCEPT, but its clients wait for the server's greeting: each waits a second for nothing.";
    public override int Count => 5;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        const int ipProtoTcp = 6, tcpDeferAccept = 9;
        ActorSocket listener = await stage.ListenAsync(ct);
        await listener.SetListenerAsync(ipProtoTcp, tcpDeferAccept, 1, ct);
        Actor client = await stage.ClientAsync(ct);
        List<ActorSocket> waiting = [];
        for (int i = 0; i < stage.Count; i++)
            waiting.Add(await client.ConnectAsync(stage.Service, ct));
        for (int i = 0; i < stage.Count; i++)
        {
            ActorSocket late = await listener.AcceptAsync(ct);
            (await late.SendAsync(stage.Parameters.ReplyBytes, ct)).Expect("greeting");
        }
        Reply[] greetings = await Task.WhenAll(waiting.Select(socket => socket.ReceiveAsync(stage.Parameters.ReplyBytes, TimeSpan.FromSeconds(10), ct)));
        return stage.Made([.. greetings.Select(reply => reply.Outcome)], "OK");
    }
}
