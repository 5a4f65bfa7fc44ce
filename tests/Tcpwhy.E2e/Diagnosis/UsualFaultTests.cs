using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Diagnosis;

/// <summary>Every fault as it is usually made.</summary>
public sealed class UsualFaults() : Diagnosed("usual-faults", FaultCatalogue.Contained.Select(fault => new Trial(fault, new Parameters())));

[CollectionDefinition("usual faults")]
public sealed class UsualFaultsCollection : ICollectionFixture<UsualFaults>;

[Collection("usual faults")]
public class UsualFaultTests(UsualFaults made)
{
    public static TheoryData<string> Causes => [.. FaultCatalogue.Contained.Select(fault => fault.Cause)];

    [Theory, MemberData(nameof(Causes))]
    public void Is_named_first(string cause) => TrialAssert.Named(made.Of(cause, null));

    [Theory, MemberData(nameof(Causes))]
    public void The_kernel_does_what_the_cause_says(string cause) => made.KernelAgreesTo(cause, null);

    [Theory, MemberData(nameof(Causes))]
    public void As_many_are_made_as_the_fault_says(string cause)
    {
        Trial trial = made.Of(cause, null);
        Assert.Equal((cause, trial.Fault.Count), (trial.Made!.Cause, trial.Made.Count));
    }

    [Fact]
    public void Nothing_was_lost() => Assert.Equal(0, made.Answer.Lost);
}
