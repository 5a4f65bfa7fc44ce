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
        new ConnRejectedIcmp(),
        new SynDroppedFirewall(),
        new HostUnreachableNeigh(),
        new NoRouteLocal(),
        new RpFilterDrop(),
        new AsymmetricRouting(),
        new Md5AoMismatch(),
        new BpfPolicyDrop(),
        new AcceptQueueOverflowDrop(),
        new AcceptQueueOverflowRst(),
        new FdLimitAccept(),
        new BacklogTooSmall(),
        new SynQueueOverflowDrop(),
        new SynCookiesActive(),
        new SynLostNetwork(),
        new ConntrackTableFull(),
        new SnatPortCollision(),
        new DeferAcceptStall(),
        new TfoBlackhole(),
        new EphemeralPortExhaustion(),
        new TimeWaitAccumulation(),
        new TimeWaitBucketOverflow(),
        new StaleConnReuse(),
        new KeepaliveRace(),
        new EarlyCloseWhilePeerSends(),
        new ServerCloseUnread(),
        new LingerZeroAbort(),
        new AdminAbort(),
        new MiddleboxRst(),
        new ListenerClosedQueued(),
        new ProcessCrash(),
        new HalfOpenPeerGone(),
        new ConntrackIdleExpiry(),
        new NatLbIdleDrop(),
        new LbIdleRst(),
        new LbFailoverMisroute(),
        new K8sConntrackInvalidRst(),
        new PeerRebootedSameTuple(),
        new KeepaliveTimeoutDeadPeer(),
        new RetransmissionTimeout(),
        new UserTimeout(),
        new PmtuBlackhole(),
        new PawsReject(),
        new ChecksumCorruption(),
        new SeqDesync(),
        new FinWaitOrphan(),
        new SpoofedRst(),
        new ZeroWindowSlowReader(),
        new RcvbufLimited(),
        new SndbufLimited(),
        new PacketLossSlow(),
        new LocalQueueDrop(),
        new TcpBacklogDrop(),
        new OrphanLimit(),
        new TcpMemoryPressure(),
        new CloseWaitLeak(),
        new LbTimeoutServer(),
        new LbTimeoutClient(),
        new HttpClientAbort(),
        new LbMaxconnQueue(),
        new GracefulRestart(),
        new ConnectionChurn(),
        new NginxWorkerConnections(),
        new TlsHandshakeFailure(),
        new ProtocolMismatch(),
        new ProxyProtocolMismatch(),
        new HealthcheckNoise(),
        new PortScanNoise(),
        new NormalResetClose(),
    ];

    /// <summary>Those that change nothing outside of their own namespaces.</summary>
    public static IReadOnlyList<Fault> Contained { get; } = [.. All.Where(fault => fault.NeedsGlobal.Count == 0)];

    /// <summary>The fault of a cause, or null.</summary>
    public static Fault? Find(string cause) => All.FirstOrDefault(fault => fault.Cause == cause);
}
