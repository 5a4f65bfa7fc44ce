using Tcpwhy.Model;

namespace Tcpwhy.Lab.Faults;

/// <summary>A translating box that forgets connections after two idle seconds, in silence.</summary>
public sealed class NatLbIdleDrop : Fault
{
    public override string Cause => "nat-lb-idle-drop";
    public override string Description => "A load balancer that translates addresses forgets connections that are idle for 2 s; the next request goes nowhere.";
    public override int Count => 3;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        await stage.Network.Client.SetAsync(["net.ipv4.tcp_retries2=3"], ct);
        return await ForgetAsync(stage, "drop", "ETIMEDOUT", ct);
    }

    /// <summary>Opens connections through the translation, lets them be forgotten, and sends a request on each.</summary>
    internal static async Task<Made> ForgetAsync(Stage stage, string forgotten, string outcome, CancellationToken ct)
    {
        Endpoint service = VirtualService.Of(stage);
        await VirtualService.TranslateAsync(stage.Network.Router, service, stage.Service, forgotten, ct);
        await stage.Network.Router.SetAsync(["net.netfilter.nf_conntrack_tcp_timeout_established=2", "net.netfilter.nf_conntrack_tcp_loose=0"], ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAsync(listener, stage.Count, ct, service);
        foreach (Conversation conversation in open)
            await conversation.ExchangeAsync(ct);
        await Task.Delay(TimeSpan.FromSeconds(3.5), ct);
        return stage.Made(await Task.WhenAll(open.Select(async conversation =>
        {
            (await conversation.Client.SendAsync(stage.Parameters.RequestBytes, ct)).Expect("request");
            return await conversation.ClientSeesAsync(TimeSpan.FromSeconds(30), ct);
        })), outcome);
    }
}
