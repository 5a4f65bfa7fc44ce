namespace Tcpwhy.Lab.Faults;

/// <summary>A server that does not accept: its queue fills, and the kernel drops further SYNs.</summary>
public sealed class AcceptQueueOverflowDrop : Fault
{
    const int Backlog = 2;

    public override string Cause => "accept-queue-overflow-drop";
    public override string Description => "The server does not accept; once its queue is full, further clients time out.";
    public override int Count => 7;
    public override IReadOnlyList<string> Variants => ["usual", "impatient"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        await stage.ListenAsync(ct, Backlog);
        Actor client = await stage.ClientAsync(ct);
        await stage.Network.Client.SetAsync(["net.ipv4.tcp_syn_retries=2"], ct);
        // The queue holds one more than its backlog. These clients believe that they are served, and wait.
        for (int i = 0; i <= Backlog; i++)
            await (await client.ConnectAsync(stage.Service, ct)).SendAsync(stage.Parameters.RequestBytes, ct);
        // Most clients have a timeout of their own and give up before the kernel does.
        return stage.Variant == "impatient"
            ? stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(3.5), ct), "SILENCE")
            : stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(30), ct), "ETIMEDOUT");
    }
}
