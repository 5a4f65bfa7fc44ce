using System.Globalization;
using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Lab;

public class FaultTests
{
    [Fact]
    public void Each_count_is_a_prime() => Assert.All(FaultCatalogue.All, fault =>
        Assert.True(fault.Count > 1 && Enumerable.Range(2, fault.Count - 2).All(d => fault.Count % d != 0), fault.Cause));

    [Fact]
    public void Each_file_has_its_causes_name() => Assert.All(FaultCatalogue.All, fault =>
        Assert.Equal(fault.GetType().Name, string.Concat(fault.Cause.Split('-').Select(w => char.ToUpper(w[0], CultureInfo.InvariantCulture) + w[1..]))));
}
