namespace Tcpwhy.Lab.Faults;

/// <summary>The server answers and closes while the client is still sending.</summary>
public sealed class EarlyCloseWhilePeerSends : Fault
{
    public override string Cause => "early-close-while-peer-sends";
    public override string Description => "The server reads the beginning of an upload, answers, and closes; the rest of the upload meets a closed socket.";
    public override int Count => 5;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAsync(listener, stage.Count, ct);
        var outcomes = new List<string>();
        foreach (Conversation conversation in open)
        {
            await conversation.RequestAsync(ct);
            (await conversation.Server.SendAsync(stage.Parameters.ReplyBytes, ct)).Expect("early answer");
            await conversation.Server.CloseAsync(ct);
            string outcome = "OK";
            for (int i = 0; i < 20 && outcome == "OK"; i++)
            {
                await Task.Delay(10, ct);
                outcome = (await conversation.Client.SendAsync(1000, ct)).Outcome;
            }
            outcomes.Add(outcome);
            await conversation.Client.CloseAsync(ct);
        }
        return stage.Made(outcomes, "EPIPE", "ECONNRESET");
    }
}
