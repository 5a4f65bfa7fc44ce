namespace Tcpwhy.Lab.Faults;

/// <summary>A box that rewrites sequence numbers forgets by how much.</summary>
public sealed class SeqDesync : Fault
{
    const int LowestBit = 24;

    public override string Cause => "seq-desync";
    public override string Description => "From one moment on, a box on the way shifts the sequence (or acknowledgement) numbers of one direction by 16 MiB; the receiver drops what does not fit.";
    public override int Count => 3;
    public override IReadOnlyList<string> Variants => ["sequence", "acknowledgement", "loop"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        // 3 retries are about 7 s; the usual 15 are 15 minutes.
        await stage.Network.Client.SetAsync(["net.ipv4.tcp_retries2=3"], ct);
        await stage.Network.Server.SetAsync(["net.ipv4.tcp_retries2=3"], ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        bool acks = stage.Variant == "acknowledgement";
        if (acks)
            foreach (Conversation conversation in open)
                await conversation.RequestAsync(ct);
        await Stage.SettleAsync(ct);
        if (stage.Variant == "loop")
            return stage.Made(await LoopAsync(stage, open, ct), "SILENCE");
        await stage.Network.Router.FilterAsync("forward", Shift(stage.ToService, acks ? "ackseq" : "sequence"), ct);
        return stage.Made(await Task.WhenAll(open.Select(async conversation =>
        {
            ActorSocket sender = acks ? conversation.Server : conversation.Client;
            (await sender.SendAsync(acks ? stage.Parameters.ReplyBytes : stage.Parameters.RequestBytes, ct)).Expect("data");
            Reply end = await sender.ReceiveToEndAsync(TimeSpan.FromSeconds(30), ct);
            await sender.CloseAsync(ct);
            return end.Outcome;
        })), "ETIMEDOUT");
    }

    /// <summary>Both directions are shifted, and a single keep-alive probe begins what does not end: each ACK is foreign, and answered with one that is foreign too.</summary>
    static async Task<string[]> LoopAsync(Stage stage, Conversation[] open, CancellationToken ct)
    {
        // Since 3.19 Linux answers such an ACK twice a second at most; other stacks, and 0, do not hold back. The long way does.
        foreach (Host end in new[] { stage.Network.Client, stage.Network.Server })
            await end.SetAsync(["net.ipv4.tcp_invalid_ratelimit=0"], ct);
        await stage.Network.LengthenAsync(stage.Service, TimeSpan.FromMilliseconds(40), ct);
        await stage.Network.Router.FilterAsync("forward", [.. Shift(stage.ToService, "sequence"), .. Shift(stage.FromService, "sequence")], ct);
        return await Task.WhenAll(open.Select(async conversation =>
        {
            await conversation.Client.KeepAliveAsync(idle: 1, interval: 75, probes: 9, ct);
            return (await conversation.Client.ReceiveAsync(1, TimeSpan.FromSeconds(5), ct)).Outcome;
        }));
    }

    /// <summary>Adds 2^24: nft can turn bits over, so one rule for each run of ones that the carry passes.</summary>
    static IEnumerable<string> Shift(string match, string field) =>
        Enumerable.Range(1, 32 - LowestBit).Select(bits =>
        {
            uint run = ((1u << (bits - 1)) - 1) << LowestBit, turned = run | 1u << (LowestBit + bits - 1);
            uint seen = bits == 32 - LowestBit ? run : turned;
            return $"{match} tcp {field} & 0x{seen:x8} == 0x{run:x8} tcp {field} set tcp {field} ^ 0x{turned:x8} accept";
        });
}
