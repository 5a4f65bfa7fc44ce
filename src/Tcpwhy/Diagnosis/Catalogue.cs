using Tcpwhy.Diagnosis.Causes;

namespace Tcpwhy.Diagnosis;

/// <summary>Every cause that tcpwhy knows.</summary>
public static class Catalogue
{
    /// <summary>In the order of a connection's life; a test holds it against docs/causes, the lab and the scenarios.</summary>
    public static IReadOnlyList<Cause> All { get; } =
    [
        new ConnRefusedNoListener(),
        new ConnRefusedWrongBind(),
        new ConnRefusedFirewallRst(),
        new ConnRejectedIcmp(),
        new SynDroppedFirewall(),
        new HostUnreachableNeigh(),
        new NoRouteLocal(),
        new RpFilterDrop(),
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
        new UnknownReset(),
        new UnknownTimeout(),
    ];

    internal static IReadOnlyList<Cause> Normal { get; } = [.. All.Where(cause => cause.IsNormal)];
    internal static IReadOnlyList<Cause> Unknown { get; } = [.. All.Where(cause => cause.Id.StartsWith("unknown-", StringComparison.Ordinal))];
    internal static IReadOnlySet<string> Unbroken { get; } = All.Where(cause => !cause.Breaks).Select(cause => cause.Id).ToHashSet(StringComparer.Ordinal);
    internal static IReadOnlyList<Cause> Trouble { get; } = [.. All.Except(Normal).Except(Unknown)];
}
