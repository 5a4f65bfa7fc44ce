namespace Tcpwhy.Lab.Faults;

/// <summary>A receiver that fixed its buffer at a small size.</summary>
public sealed class RcvbufLimited : Fault
{
    static readonly TimeSpan Length = TimeSpan.FromSeconds(4);

    public override string Cause => "rcvbuf-limited";
    public override string Description => "The receiver set SO_RCVBUF to 4,608 bytes; it reads at once all that comes, and yet the sender waits for its window most of the time.";
    public override int Count => 3;
    public override IReadOnlyList<string> Variants => ["upload", "download"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        const int solSocket = 1, rcvBuf = 8;
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        return stage.Made(await Task.WhenAll(open.Select(async conversation =>
        {
            (ActorSocket from, ActorSocket to) = stage.Variant == "upload" ? (conversation.Client, conversation.Server) : (conversation.Server, conversation.Client);
            await to.SetAsync(solSocket, rcvBuf, 4608, ct);
            Task<Reply> read = to.ReceiveToEndAsync(Length + TimeSpan.FromSeconds(1), ct);
            Reply written = await from.PourAsync(long.MaxValue, Length, Length, ct);
            Reply received = await read;
            return written.IsOk && received.Value > 0 ? "LIMITED" : received.Outcome;
        })), "LIMITED");
    }
}
