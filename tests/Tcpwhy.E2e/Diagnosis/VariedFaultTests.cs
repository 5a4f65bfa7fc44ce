using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Diagnosis;

/// <summary>Every variant of every fault, over IPv6, on another port, between processes of other names, beside healthy traffic.</summary>
public sealed class VariedFaults() : Diagnosed("varied-faults", FaultCatalogue.All.SelectMany(fault => fault.Variants.Select(variant => new Trial(fault, Varied(fault.Cause, variant)))))
{
    static Parameters Varied(string cause, string variant) => new()
    {
        // A listener on IPv6 alone refuses IPv4 clients only.
        Ipv6 = variant != "v6only",
        Port = 5432,
        // Fewer ports than World.ScanPorts are no scan.
        Count = cause == "port-scan-noise" ? 11 : 5,
        Variant = variant,
        ServerName = "postgres",
        ClientName = "web frontend",
        RequestBytes = 97,
        ReplyBytes = 53,
        BackgroundLoad = true,
    };
}

public class VariedFaultTests(VariedFaults made) : IClassFixture<VariedFaults>
{
    public static TheoryData<string, string> Variants =>
        [.. FaultCatalogue.All.SelectMany(fault => fault.Variants.Select(variant => (fault.Cause, variant)))];

    [Theory, MemberData(nameof(Variants))]
    public void Is_named_first(string cause, string variant) => TrialAssert.Named(made.Of(cause, variant));
}
