namespace Tcpwhy.Lab;

/// <summary>One way of making a fault that its diagnosis must not depend on.</summary>
/// <param name="Name">What differs from the usual, as ipv6.</param>
/// <param name="Parameters">How it is made.</param>
public sealed record Variation(string Name, Parameters Parameters)
{
    /// <summary>Every variation of a fault: as usual, each other variant, over IPv6, elsewhere (another port, between other programs, with other sizes), and beside healthy traffic.</summary>
    public static IReadOnlyList<Variation> Of(Fault fault)
    {
        List<Variation> all = [];
        foreach (string variant in fault.Variants)
            all.Add(new Variation(variant, new Parameters { Variant = variant }));
        string usual = fault.Variants[0];
        if (fault.WorksOverIpv6(usual))
            all.Add(new Variation("ipv6", new Parameters { Variant = usual, Ipv6 = true }));
        all.Add(new Variation("elsewhere", new Parameters { Variant = usual, Port = 5432, ServerName = "postgres", ClientName = "web frontend", RequestBytes = 97, ReplyBytes = 53 }));
        all.Add(new Variation("under load", new Parameters { Variant = usual, Port = 9443, BackgroundLoad = true }));
        return all;
    }
}
