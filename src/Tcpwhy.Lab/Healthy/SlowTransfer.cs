namespace Tcpwhy.Lab.Healthy;

/// <summary>Streams that are slow because their source is.</summary>
public sealed class SlowTransfer : HealthyTraffic
{
    const int Streams = 4, Piece = 6_000;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public override string Name => "slow-transfer";
    public override string Description => "Servers send some kilobytes every 40 ms, without end; the clients read all at once.";

    private protected override async Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        var stage = new Stage(network, parameters, Name, "", Streams);
        Conversation[] open = await stage.OpenAsync(await stage.ListenAsync(ct), Streams, ct);
        foreach (Conversation stream in open)
            await stream.RequestAsync(ct);
        long pieces = await Repeated.ForAsync(duration, Streams, async lane =>
        {
            (await open[lane].Server.SendAsync(Piece, ct)).Expect("send");
            (await open[lane].Client.ReceiveAsync(Piece, Patience, ct)).Expect("receive");
            await Task.Delay(40, ct);
            return 1;
        });
        return new HealthyRun(stage.Service, pieces, 0);
    }
}
