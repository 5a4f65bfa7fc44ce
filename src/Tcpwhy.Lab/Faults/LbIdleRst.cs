namespace Tcpwhy.Lab.Faults;

/// <summary>A translating box that forgets connections after two idle seconds, and resets who sends afterwards.</summary>
public sealed class LbIdleRst : Fault
{
    public override string Cause => "lb-idle-rst";
    public override string Description => "A load balancer that translates addresses forgets connections that are idle for 2 s, and answers the next request with a reset.";
    public override int Count => 3;

    private protected override Task<Made> ActAsync(Stage stage, CancellationToken ct) =>
        NatLbIdleDrop.ForgetAsync(stage, "reject with tcp reset", "ECONNRESET", ct);
}
