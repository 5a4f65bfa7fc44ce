using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Diagnosis;

/// <summary>Every fault as it is usually made.</summary>
public sealed class UsualFaults() : Diagnosed("usual-faults", FaultCatalogue.All.Select(fault => new Trial(fault, new Parameters())));

[CollectionDefinition("usual faults")]
public sealed class UsualFaultsCollection : ICollectionFixture<UsualFaults>;

[Collection("usual faults")]
public class UsualFaultTests(UsualFaults made)
{
    public static TheoryData<string> Causes => [.. FaultCatalogue.All.Select(fault => fault.Cause)];

    [Theory, MemberData(nameof(Causes))]
    public void Is_named_first(string cause) => TrialAssert.Named(made.Of(cause, null));

    [Fact]
    public void Nothing_was_lost() => Assert.Equal(0, made.Answer.Lost);
}
