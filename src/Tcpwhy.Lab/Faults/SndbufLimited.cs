namespace Tcpwhy.Lab.Faults;

/// <summary>A sender that fixed its buffer at a small size, and a long way.</summary>
public sealed class SndbufLimited : Fault
{
    static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(40), Length = TimeSpan.FromSeconds(9);

    public override string Cause => "sndbuf-limited";
    public override string Description => "The sender set SO_SNDBUF to 4,608 bytes (or tcp_wmem allows no more than 16 KiB); over a way of 80 ms there and back it waits for room to write, though network and receiver would take more.";
    public override int Count => 3;
    public override IReadOnlyList<string> Variants => ["upload", "download", "wmem"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        const int solSocket = 1, sndBuf = 7;
        bool download = stage.Variant == "download", host = stage.Variant == "wmem";
        if (host)
            await stage.Network.Client.SetAsync(["net.ipv4.tcp_wmem=4096 16384 16384"], ct);
        await stage.Network.LengthenAsync(stage.Service, OneWay, ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        return stage.Made(await Task.WhenAll(open.Select(async conversation =>
        {
            (ActorSocket from, ActorSocket to) = download ? (conversation.Server, conversation.Client) : (conversation.Client, conversation.Server);
            if (!host)
                await from.SetAsync(solSocket, sndBuf, 4608, ct);
            Task<Reply> read = to.ReceiveToEndAsync(Length + TimeSpan.FromSeconds(1), ct);
            Reply written = await from.PourAsync(long.MaxValue, Length, Length, ct);
            Reply received = await read;
            return written.IsOk && received.Value > 0 ? "LIMITED" : received.Outcome;
        })), "LIMITED");
    }
}
