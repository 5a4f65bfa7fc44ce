using System.Globalization;
using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Lab;

public class FaultTests
{
    public static TheoryData<string> Causes => [.. FaultCatalogue.All.Select(fault => fault.Cause)];

    [Theory, MemberData(nameof(Causes))]
    public async Task The_kernel_does_what_the_cause_says(string cause)
    {
        Fault fault = FaultCatalogue.Find(cause)!;
        await using Network network = await LabUnderTest.NetworkAsync(fault.Requires);
        CancellationToken ct = TestContext.Current.CancellationToken;
        KernelAgrees kernel = await KernelAgrees.WatchAsync(network, ct);

        Made made = await fault.MakeAsync(network, new Parameters(), ct);

        Assert.Equal(cause, made.Cause);
        Assert.Equal(fault.Count, made.Count);
        Assert.All(new[] { made.Client, made.Server }.OfType<Model.ProcessInfo>().Where(p => p.Comm != "haproxy" && cause != "process-crash"),
            process => Assert.Equal(process.Comm, File.ReadAllText($"/proc/{process.Pid}/comm").Trim()));
        await kernel.CheckAsync(made, ct);
    }

    [Fact]
    public void Each_count_is_a_prime() => Assert.All(FaultCatalogue.All, fault =>
        Assert.True(fault.Count > 1 && Enumerable.Range(2, fault.Count - 2).All(d => fault.Count % d != 0), fault.Cause));

    [Fact]
    public void Each_file_has_its_causes_name() => Assert.All(FaultCatalogue.All, fault =>
        Assert.Equal(fault.GetType().Name, string.Concat(fault.Cause.Split('-').Select(w => char.ToUpper(w[0], CultureInfo.InvariantCulture) + w[1..]))));
}
