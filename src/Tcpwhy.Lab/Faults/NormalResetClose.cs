namespace Tcpwhy.Lab.Faults;

/// <summary>Normal life: nothing is lost, yet the last segment is a reset.</summary>
public sealed class NormalResetClose : Fault
{
    public override string Cause => "normal-reset-close";
    public override string Description => "After complete exchanges the client closes with SO_LINGER 0, every second time answering the server's FIN so (normal life).";
    public override int Count => 19;
    public override IReadOnlyList<string> Variants => ["both", "idle", "after-fin"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        var outcomes = new List<string>();
        for (int i = 0; i < open.Length; i++)
        {
            bool serverFirst = stage.Variant == "after-fin" || (stage.Variant == "both" && i % 2 == 1);
            if (serverFirst)
            {
                await open[i].Server.CloseAsync(ct);
                outcomes.Add((await open[i].Client.ReceiveToEndAsync(TimeSpan.FromSeconds(5), ct)).Outcome);
                await open[i].Client.AbortAsync(ct);
            }
            else
            {
                await open[i].Client.AbortAsync(ct);
                outcomes.Add((await open[i].Server.ReceiveToEndAsync(TimeSpan.FromSeconds(5), ct)).Outcome);
                await open[i].Server.CloseAsync(ct);
            }
        }
        return stage.Made(outcomes, "ECONNRESET", "EOF");
    }
}
