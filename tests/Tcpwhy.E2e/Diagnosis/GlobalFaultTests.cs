using Tcpwhy.E2e.Lab;
using Tcpwhy.Lab;
using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.E2e.Diagnosis;

/// <summary>Faults that change a setting of the whole host for a moment: made one by one, and only where TCPWHY_ALLOW_GLOBAL says that nobody else works there.</summary>
public class GlobalFaultTests
{
    public static TheoryData<string, string, bool> Faults =>
        [.. FaultCatalogue.All.Except(FaultCatalogue.Contained).SelectMany(fault => fault.Variants.SelectMany(variant => new[] { (fault.Cause, variant, false), (fault.Cause, variant, true) }))];

    [Theory, MemberData(nameof(Faults))]
    public async Task Is_named_first_and_leaves_the_host_as_it_was(string cause, string variant, bool varied)
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("TCPWHY_ALLOW_GLOBAL") is null, "changes settings of the whole host: set TCPWHY_ALLOW_GLOBAL=1 where nobody else works");
        Fault fault = FaultCatalogue.Find(cause)!;
        string[] before = [.. fault.NeedsGlobal.Select(Read)];
        using ISource? source = WatchedKernel.Open(out string? obstacle);
        Assert.SkipWhen(source is null, obstacle ?? "");
        var parameters = new Parameters { AllowGlobal = true, Variant = variant, Ipv6 = varied && fault.WorksOverIpv6(variant), Port = varied ? 5432 : 8080 };
        var trying = new Trials(source, LabUnderTest.Executable)
        {
            Witness = async (network, ct) => (await KernelAgrees.WatchAsync(network, ct)).CheckAsync,
        };

        (_, IReadOnlyList<Trial> trials) = await trying.RunAsync([new Trial(fault, parameters)], TestContext.Current.CancellationToken);

        TrialAssert.Named(trials[0]);
        Assert.Equal(before, fault.NeedsGlobal.Select(Read));
    }

    static string Read(string setting) => File.ReadAllText($"/proc/sys/{setting.Replace('.', '/')}");
}
