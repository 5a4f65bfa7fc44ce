using Tcpwhy.Model;

namespace Tcpwhy.Lab.Faults;

/// <summary>Normal life: somebody tries many ports.</summary>
public sealed class PortScanNoise : Fault
{
    public override string Cause => "port-scan-noise";
    public override string Description => "One client tries many closed ports in a row (normal life).";
    public override int Count => 23;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        Actor client = await stage.ClientAsync(ct);
        // Two ports further on: the next one may carry the background load.
        Reply[] replies = await Task.WhenAll(Enumerable.Range(stage.Service.Port + 2, stage.Count).Select(port =>
            client.TryConnectAsync(new Endpoint(stage.Service.Address, port), TimeSpan.FromSeconds(5), ct)));
        return stage.Made([.. replies.Select(reply => reply.Outcome)], "ECONNREFUSED");
    }
}
