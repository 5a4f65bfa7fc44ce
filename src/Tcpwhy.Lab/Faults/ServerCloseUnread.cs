namespace Tcpwhy.Lab.Faults;

/// <summary>A server that has seen enough of a request.</summary>
public sealed class ServerCloseUnread : Fault
{
    public override string Cause => "server-close-unread";
    public override string Description => "The server reads part of a request and closes, with or without a reply before.";
    public override int Count => 13;
    public override IReadOnlyList<string> Variants => ["no-reply", "early-reply"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        var outcomes = new List<string>();
        for (int i = 0; i < stage.Count; i++)
        {
            // One after the other: a connection that idles first looks like a keep-alive race.
            Conversation conversation = (await stage.OpenAsync(listener, 1, ct))[0];
            await conversation.ExchangeAsync(ct);
            int request = stage.Parameters.RequestBytes;
            (await conversation.Client.SendAsync(request, ct)).Expect("request");
            (await conversation.Server.ReceiveAsync(request / 2, TimeSpan.FromSeconds(5), ct)).Expect("half a request");
            if (stage.Variant == "early-reply")
                (await conversation.Server.SendAsync(stage.Parameters.ReplyBytes, ct)).Expect("early reply");
            await conversation.Server.CloseAsync(ct);
            outcomes.Add(await conversation.ClientSeesAsync(TimeSpan.FromSeconds(5), ct));
        }
        return stage.Made(outcomes, "ECONNRESET");
    }
}
