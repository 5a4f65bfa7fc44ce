using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Diagnosis;

/// <summary>Every variant of every fault, over IPv6, on another port, between processes of other names, beside healthy traffic.</summary>
public sealed class VariedFaults() : Diagnosed("varied-faults", FaultCatalogue.Contained.SelectMany(fault => fault.Variants.Select(variant => new Trial(fault, Varied(fault, variant)))))
{
    static Parameters Varied(Fault fault, string variant) => new()
    {
        Ipv6 = fault.WorksOverIpv6(variant),
        Port = 5432,
        // Fewer ports than World.ScanPorts are no scan, fewer connections than ConnectionChurn looks at no churn, and a few in TIME_WAIT no matter.
        Count = fault.Cause switch { "port-scan-noise" => 11, "connection-churn" => fault.Count, "time-wait-accumulation" when variant == "harmless" => fault.Count, _ => 5 },
        Variant = variant,
        ServerName = "postgres",
        ClientName = "web frontend",
        RequestBytes = 97,
        ReplyBytes = 53,
        BackgroundLoad = true,
    };
}

// Beside the usual ones it would take more networks than the lab has addresses for.
[Collection("usual faults")]
public class VariedFaultTests(VariedFaults made) : IClassFixture<VariedFaults>
{
    public static TheoryData<string, string> Variants =>
        [.. FaultCatalogue.Contained.SelectMany(fault => fault.Variants.Select(variant => (fault.Cause, variant)))];

    [Theory, MemberData(nameof(Variants))]
    public void Is_named_first(string cause, string variant) => TrialAssert.Named(made.Of(cause, variant));

    [Theory, MemberData(nameof(Variants))]
    public void The_kernel_does_what_the_cause_says(string cause, string variant) => made.KernelAgreesTo(cause, variant);
}
