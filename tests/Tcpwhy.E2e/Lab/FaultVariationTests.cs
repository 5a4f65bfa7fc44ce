using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Lab;

public class FaultVariationTests
{
    public static TheoryData<string, string> Variants => [.. FaultCatalogue.All.SelectMany(fault => fault.Variants.Select(variant => (fault.Cause, variant)))];

    [Theory, MemberData(nameof(Variants))]
    public async Task Holds_over_IPv6_with_other_names_and_healthy_traffic_beside_it(string cause, string variant)
    {
        Fault fault = FaultCatalogue.Find(cause)!;
        await using Network network = await LabUnderTest.NetworkAsync(fault.Requires);
        CancellationToken ct = TestContext.Current.CancellationToken;
        KernelAgrees kernel = await KernelAgrees.WatchAsync(network, ct);
        var parameters = new Parameters
        {
            Ipv6 = fault.WorksOverIpv6(variant),
            Port = 5432,
            Count = 3,
            Variant = variant,
            ServerName = "postgres",
            ClientName = "web frontend",
            RequestBytes = 17,
            ReplyBytes = 5,
            BackgroundLoad = true,
        };

        Made made = await fault.MakeAsync(network, parameters, ct);

        Assert.Equal((variant, 3, 5432), (made.Variant, made.Count, made.Service.Port));
        await kernel.CheckAsync(made, ct);
    }
}
