using Tcpwhy.Lab.Faults;

namespace Tcpwhy.Lab;

/// <summary>All faults that the lab can make.</summary>
public static class FaultCatalogue
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new ConnRefusedNoListener(),
        new ConnRefusedWrongBind(),
        new ConnRefusedFirewallRst(),
        new SynDroppedFirewall(),
        new AcceptQueueOverflowDrop(),
        new EphemeralPortExhaustion(),
        new StaleConnReuse(),
        new KeepaliveRace(),
        new ServerCloseUnread(),
        new LingerZeroAbort(),
        new ProcessCrash(),
        new KeepaliveTimeoutDeadPeer(),
        new RetransmissionTimeout(),
        new CloseWaitLeak(),
        new HealthcheckNoise(),
        new PortScanNoise(),
        new NormalResetClose(),
    ];

    /// <summary>The fault of a cause, or null.</summary>
    public static Fault? Find(string cause) => All.FirstOrDefault(fault => fault.Cause == cause);
}
