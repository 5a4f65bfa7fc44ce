namespace Tcpwhy.Lab.Faults;

/// <summary>A reader that stops reading.</summary>
public sealed class ZeroWindowSlowReader : Fault
{
    static readonly TimeSpan Stall = TimeSpan.FromSeconds(5);

    public override string Cause => "zero-window-slow-reader";
    public override string Description => "One end stops reading while the other has much to send: its buffer fills, its window closes, and the writer waits.";
    public override int Count => 3;
    public override IReadOnlyList<string> Variants => ["server", "client"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        return stage.Made(await Task.WhenAll(open.Select(async conversation =>
        {
            ActorSocket writer = stage.Variant == "client" ? conversation.Server : conversation.Client;
            Reply poured = await writer.PourAsync(64 * 1024 * 1024, TimeSpan.FromMinutes(1), Stall, ct);
            return poured.Outcome;
        })), "STALLED");
    }
}
