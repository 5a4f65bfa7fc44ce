namespace Tcpwhy.Lab.Healthy;

/// <summary>Requests that wait for their answer.</summary>
public sealed class LongPolling : HealthyTraffic
{
    const int Clients = 8;
    static readonly TimeSpan Wait = TimeSpan.FromSeconds(1.5);

    public override string Name => "long-polling";
    public override string Description => "Each answer comes 1.5 s after its request, and the next request follows on the same connection.";

    private protected override async Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        var stage = new Stage(network, parameters, Name, "", Clients);
        Conversation[] open = await stage.OpenAsync(await stage.ListenAsync(ct), Clients, ct);
        long polls = await Repeated.ForAsync(duration, Clients, async lane =>
        {
            await open[lane].RequestAsync(ct);
            await Task.Delay(Wait, ct);
            await open[lane].ReplyAsync(ct);
            return 1;
        });
        return new HealthyRun(stage.Service, polls, 0);
    }
}
