namespace Tcpwhy.Lab.Faults;

/// <summary>A client without a pool.</summary>
public sealed class ConnectionChurn : Fault
{
    const int Workers = 8;

    public override string Cause => "connection-churn";
    public override string Description => "A client opens a connection for each request; all are answered, and each costs a handshake.";
    public override int Count => 211;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        int request = stage.Parameters.RequestBytes, reply = stage.Parameters.ReplyBytes;
        await listener.ServeAsync(request, reply, TimeSpan.Zero, ct);
        Actor client = await stage.ClientAsync(ct);
        var outcomes = new List<string>();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(async worker =>
        {
            for (int n = worker; n < stage.Count; n += Workers)
            {
                ActorSocket socket = await client.ConnectAsync(stage.Service, ct);
                string outcome = (await socket.ExchangeAsync(request, reply, null, ct)).Outcome;
                await socket.CloseAsync(ct);
                lock (outcomes)
                    outcomes.Add(outcome);
            }
        }));
        return stage.Made(outcomes, "OK");
    }
}
