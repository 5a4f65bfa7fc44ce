namespace Tcpwhy.Lab.Faults;

/// <summary>The same full queue, with SYN cookies on: who comes is served, at a price.</summary>
public sealed class SynCookiesActive : Fault
{
    private const int Backlog = 8;

    public override string Cause => "syn-cookies-active";
    public override string Description => "Half-open connections fill the listener's SYN queue, and the kernel answers further SYNs with cookies.";
    public override int Count => 7;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        await stage.Network.Server.SetAsync(["net.ipv4.tcp_syncookies=1"], ct);
        ActorSocket listener = await stage.ListenAsync(ct, Backlog);
        await listener.ServeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, TimeSpan.Zero, ct);
        await HalfOpen.FillAsync(stage, Backlog, ct);
        string[] outcomes = await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(10), ct);
        // Counters are read once a second.
        await Task.Delay(1500, ct);
        return stage.Made(outcomes, "OK");
    }
}
