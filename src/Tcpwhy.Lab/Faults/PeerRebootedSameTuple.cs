namespace Tcpwhy.Lab.Faults;

/// <summary>A client that was restarted comes back from a port on which the server still has a connection.</summary>
public sealed class PeerRebootedSameTuple : Fault
{
    public override string Cause => "peer-rebooted-same-tuple";
    public override string Description => "The client's host forgets its connections (reboot) and connects anew from the same ports; the server still has the old connections, and loses them to the newcomers' resets.";
    public override int Count => 3;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        await Stage.SettleAsync(ct);
        Actor client = await stage.ClientAsync(ct);
        int[] ports = await Task.WhenAll(open.Select(conversation => conversation.Client.PortAsync(ct)));
        foreach (Conversation conversation in open)
            await conversation.Client.VanishAsync(ct);
        await Task.Delay(500, ct);
        return stage.Made(await Task.WhenAll(open.Select(async (conversation, n) =>
        {
            client.Socket(await client.TryConnectFromAsync(ports[n], stage.Service, TimeSpan.FromSeconds(10), ct), "connect again");
            return (await conversation.Server.ReceiveToEndAsync(TimeSpan.FromSeconds(5), ct)).Outcome;
        })), "ECONNRESET");
    }
}
