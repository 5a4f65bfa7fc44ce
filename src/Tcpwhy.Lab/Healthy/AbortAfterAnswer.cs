namespace Tcpwhy.Lab.Healthy;

/// <summary>Clients that avoid TIME_WAIT by resetting connections on which all was said.</summary>
public sealed class AbortAfterAnswer : HealthyTraffic
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public override string Name => "abort-after-answer";
    public override string Description => "A client closes with SO_LINGER 0 after each complete answer, so every connection ends with a reset.";

    private protected override async Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        var stage = new Stage(network, parameters, Name, "", 1);
        ActorSocket listener = await stage.ListenAsync(ct);
        long aborted = await Repeated.ForAsync(duration, 1, async _ =>
        {
            Conversation conversation = (await stage.OpenAndExchangeAsync(listener, ct))[0];
            await Stage.SettleAsync(ct);
            await conversation.Client.AbortAsync(ct);
            await conversation.Server.ReceiveToEndAsync(Patience, ct);
            await conversation.Server.CloseAsync(ct);
            return 1;
        });
        return new HealthyRun(stage.Service, aborted, 0);
    }
}
