namespace Tcpwhy.Lab.Healthy;

/// <summary>A service that starts anew while nobody calls.</summary>
public sealed class ListenerRestart : HealthyTraffic
{
    public override string Name => "listener-restart";
    public override string Description => "A server closes its listener between two requests and opens it again; no client is there in between.";

    private protected override async Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        var stage = new Stage(network, parameters, Name, "", 1);
        long restarts = await Repeated.ForAsync(duration, 1, async _ =>
        {
            ActorSocket listener = await stage.ListenAsync(ct);
            Conversation conversation = (await stage.OpenAndExchangeAsync(listener, ct))[0];
            await conversation.Client.CloseAsync(ct);
            await conversation.Server.CloseAsync(ct);
            await listener.CloseAsync(ct);
            await Task.Delay(50, ct);
            return 1;
        });
        return new HealthyRun(stage.Service, restarts, 0);
    }
}
