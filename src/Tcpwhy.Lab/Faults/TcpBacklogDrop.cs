namespace Tcpwhy.Lab.Faults;

/// <summary>A reader whose memory is slow to come holds its socket locked.</summary>
public sealed class TcpBacklogDrop : Fault
{
    const int Messages = 251, MessageBytes = 5;
    static readonly TimeSpan Held = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(10);

    public override string Cause => "tcp-backlog-drop";
    public override string Description => "One end reads into memory that comes a second late (as from swap) and holds its socket locked meanwhile; many small messages arrive, and the kernel drops those that find no room beside the locked socket.";
    public override int Count => 3;
    public override IReadOnlyList<string> Variants => ["server", "client"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        const int ipProtoTcp = 6, tcpNoDelay = 1;
        bool atServer = stage.Variant == "server";
        (Host reader, Host writer) = atServer ? (stage.Network.Server, stage.Network.Client) : (stage.Network.Client, stage.Network.Server);
        // The room beside a locked socket is twice its receive buffer, and half its send buffer, and 64 KiB.
        await reader.SetAsync(["net.ipv4.tcp_rmem=4096 16384 6291456"], ct);
        // Nothing is acknowledged meanwhile: with ten segments in flight, or after a timeout, the writer would wait in silence.
        await writer.RunAsync(["ip", stage.Parameters.Ipv6 ? "-6" : "-4", "route", "change", "default", "via", $"{Network.Gateway(writer, stage.Parameters.Ipv6)}", "initcwnd", "1000", "rto_min", "2s"], ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        return stage.Made(await Task.WhenAll(open.Select(async conversation =>
        {
            (ActorSocket from, ActorSocket to) = atServer ? (conversation.Client, conversation.Server) : (conversation.Server, conversation.Client);
            await from.SetAsync(ipProtoTcp, tcpNoDelay, 1, ct);
            (await from.SendAsync(MessageBytes, ct)).Expect("message");
            (await to.HoldAsync(Held, ct)).Expect("hold");
            (await from.ChatterAsync(Messages, MessageBytes, ct)).Expect("messages");
            long first = (await to.HeldAsync(ct)).Expect("read into late memory");
            Reply rest = await to.ReceiveAsync((int)((1 + Messages) * MessageBytes - first), Patience, ct);
            return rest.IsOk ? "HELD" : rest.Outcome;
        })), "HELD");
    }
}
