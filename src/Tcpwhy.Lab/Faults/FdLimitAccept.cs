namespace Tcpwhy.Lab.Faults;

/// <summary>A server out of descriptors cannot accept.</summary>
public sealed class FdLimitAccept : Fault
{
    private static readonly TimeSpan Starved = TimeSpan.FromSeconds(3);

    public override string Cause => "fd-limit-accept";
    public override string Description => "The server has used all of its descriptors; accept fails while clients wait in its queue.";
    public override int Count => 5;
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "prlimit"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Actor server = await stage.ServerAsync(ct), client = await stage.ClientAsync(ct);
        for (int i = 0; i < stage.Count; i++)
            await (await client.ConnectAsync(stage.Service, ct)).SendAsync(stage.Parameters.RequestBytes, ct);
        await server.LimitDescriptorsAsync(ct);
        string outcome = (await listener.AcceptStarvedAsync(Starved, ct)).Outcome;
        return stage.Made([.. Enumerable.Repeat(outcome, stage.Count)], "EMFILE");
    }
}
