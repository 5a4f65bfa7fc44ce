namespace Tcpwhy.Lab.Healthy;

/// <summary>Clients that close a TLS connection after a complete answer, and a server whose parting word meets nobody.</summary>
public sealed class BrowserClose : HealthyTraffic
{
    /// <summary>A TLS close_notify alert in its record.</summary>
    const int CloseNotify = 31;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public override string Name => "browser-close";
    public override string Description => "A browser closes after a complete answer; the server's close_notify meets a socket that is gone and is answered by a reset.";

    private protected override async Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        var stage = new Stage(network, parameters, Name, "", 1);
        ActorSocket listener = await stage.ListenAsync(ct);
        long closed = await Repeated.ForAsync(duration, 1, async _ =>
        {
            Conversation conversation = (await stage.OpenAndExchangeAsync(listener, ct))[0];
            await conversation.Client.CloseAsync(ct);
            Reply end = await conversation.Server.ReceiveToEndAsync(Patience, ct);
            if (end.Outcome != "EOF")
                throw new LabException($"the browser's close was seen as {end.Outcome}");
            await conversation.Server.SendAsync(CloseNotify, ct);
            await conversation.Server.CloseAsync(ct);
            return 1;
        });
        return new HealthyRun(stage.Service, closed, 0);
    }
}
