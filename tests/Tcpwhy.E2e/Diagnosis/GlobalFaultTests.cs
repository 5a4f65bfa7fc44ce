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
        var parameters = new Parameters { AllowGlobal = true, Variant = variant, Ipv6 = varied && fault.WorksOverIpv6(variant), Port = varied ? 5432 : 8080, BackgroundLoad = varied };
        var trying = new Trials(source, LabUnderTest.Executable)
        {
            Witness = async (network, ct) => (await KernelAgrees.WatchAsync(network, ct)).CheckAsync,
        };

        (_, IReadOnlyList<Trial> trials) = await trying.RunAsync([new Trial(fault, parameters)], TestContext.Current.CancellationToken);

        TrialAssert.Named(trials[0]);
        Assert.Equal(before, fault.NeedsGlobal.Select(Read));
    }

    /// <summary>Whoever came second would take the first one's value for the host's own, and leave the host with it.</summary>
    [Fact]
    public async Task Two_at_once_take_turns()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("TCPWHY_ALLOW_GLOBAL") is null, "changes settings of the whole host: set TCPWHY_ALLOW_GLOBAL=1 where nobody else works");
        CancellationToken ct = TestContext.Current.CancellationToken;
        Fault fault = FaultCatalogue.Find("conntrack-table-full")!;
        string before = Read(fault.NeedsGlobal[0]);
        await using Network one = await LabUnderTest.NetworkAsync(fault.Requires), other = await LabUnderTest.NetworkAsync(fault.Requires);
        var parameters = new Parameters { AllowGlobal = true };

        Made[] made = await Task.WhenAll(fault.MakeAsync(one, parameters, ct), fault.MakeAsync(other, parameters, ct));

        Assert.All(made, result => Assert.Equal(fault.Count, result.Count));
        Assert.Equal(before, Read(fault.NeedsGlobal[0]));
    }

    static string Read(string setting) => File.ReadAllText($"/proc/sys/{setting.Replace('.', '/')}");
}
