namespace Tcpwhy.Lab.Faults;

/// <summary>A server that accepts fast, but whose queue is shorter than a burst.</summary>
public sealed class BacklogTooSmall : Fault
{
    private const int Backlog = 4;

    public override string Cause => "backlog-too-small";
    public override string Description => "A burst of clients meets a listener with a backlog of 4 just before it accepts them all; who found no room comes through a second later.";
    public override int Count => 7;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct, Backlog);
        Actor client = await stage.ClientAsync(ct);
        // The queue holds one more than its backlog.
        for (int i = 0; i <= Backlog; i++)
            await client.ConnectAsync(stage.Service, ct);
        Task<string[]> late = stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(20), ct);
        await Task.Delay(200, ct);
        await listener.ServeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, TimeSpan.Zero, ct);
        return stage.Made(await late, "OK");
    }
}
