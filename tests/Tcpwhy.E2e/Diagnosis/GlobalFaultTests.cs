using Tcpwhy.E2e.Lab;
using Tcpwhy.Lab;
using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.E2e.Diagnosis;

/// <summary>Faults that change a setting of the whole host for a moment: made one by one, and only where TCPWHY_ALLOW_GLOBAL says that nobody else works there.</summary>
public class GlobalFaultTests
{
    public static TheoryData<string, bool> Faults => [.. FaultCatalogue.All.Except(FaultCatalogue.Contained).SelectMany(fault => new[] { (fault.Cause, false), (fault.Cause, true) })];

    [Theory, MemberData(nameof(Faults))]
    public async Task Is_named_first_and_leaves_the_host_as_it_was(string cause, bool varied)
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("TCPWHY_ALLOW_GLOBAL") is null, "changes settings of the whole host: set TCPWHY_ALLOW_GLOBAL=1 where nobody else works");
        Fault fault = FaultCatalogue.Find(cause)!;
        string[] before = [.. fault.NeedsGlobal.Select(Read)];
        using ISource? source = WatchedKernel.Open(out string? obstacle);
        Assert.SkipWhen(source is null, obstacle ?? "");
        var parameters = new Parameters { AllowGlobal = true, Ipv6 = varied && fault.WorksOverIpv6(fault.Variants[0]), Port = varied ? 5432 : 8080 };

        (_, IReadOnlyList<Trial> trials) = await new Trials(source, LabUnderTest.Executable).RunAsync([new Trial(fault, parameters)], TestContext.Current.CancellationToken);

        TrialAssert.Named(trials[0]);
        Assert.Equal(before, fault.NeedsGlobal.Select(Read));
    }

    static string Read(string setting) => File.ReadAllText($"/proc/sys/{setting.Replace('.', '/')}");
}
