using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Tests.Sources;

/// <summary>One event of every kind with every member set, as the golden recording holds them.</summary>
internal static class SampleEvents
{
    public static readonly DateTimeOffset Start = new(2026, 1, 31, 9, 0, 0, TimeSpan.Zero);
    private const ulong Client = 0xffff_8881_0000_1000, Server = 0xffff_8881_0000_2000, Listener = 0xffff_8881_0000_3000;
    private static readonly Endpoint ClientEnd = new(IPAddress.Parse("10.0.3.4"), 41022);
    private static readonly Endpoint ServerEnd = new(IPAddress.Parse("10.0.9.8"), 443);
    private static readonly Endpoint V6End = new(IPAddress.Parse("2001:db8::1"), 8080);
    private static readonly ProcessInfo Java = new(4312, "java") { Container = "3f2a9c0d11ee", Exiting = true, Younger = true, Signal = 9, ExitStatus = 137 };
    private static readonly ProcessInfo Web = new(77, "웹 서버+\"1\"");

    private static DateTimeOffset At(int microseconds) => Start.AddMicroseconds(microseconds);

    public static readonly Event[] All =
    [
        new Started { Time = At(0), Source = "ebpf", Kernel = "6.18.0", Unavailable = [new Unavailable("no-route-local", "cgroup v2")] },
        new Listening { Time = At(1), Netns = 4026531840, Socket = Listener, Local = new Endpoint(IPAddress.IPv6Any, 443), V6Only = true, Backlog = 128, Waiting = 3, Process = Java, Closed = true },
        new StateChanged { Time = At(2), Netns = 4026531840, Socket = Server, Local = ServerEnd, Remote = ClientEnd, From = TcpState.Established, To = TcpState.Closed, ByProcess = true, Stranded = true, Process = Java },
        new ResetSent { Time = At(3), Netns = 4026531840, Socket = Server, Local = ServerEnd, Remote = ClientEnd, Reason = "TCP_ABORT_ON_CLOSE", State = TcpState.Established, Answers = TcpFlags.Psh | TcpFlags.Ack, SinceClose = TimeSpan.FromTicks(15_300_001), Process = Java, Sample = Sample },
        new ResetReceived { Time = At(104), Netns = 4026532281, Socket = Client, Local = ClientEnd, Remote = ServerEnd, State = TcpState.CloseWait, Segment = new Segment(63, 18650, 64, true, 63), Process = Web },
        new SocketError { Time = At(105), Netns = 4026532281, Socket = Client, Local = ClientEnd, Remote = ServerEnd, Errno = 104, State = TcpState.Closed },
        new Retransmitted { Time = At(106), Socket = Client, Local = ClientEnd, Remote = ServerEnd, State = TcpState.SynSent, Attempt = 1 },
        new HeldUp { Time = At(106), Netns = 4026531840, Socket = Server, Local = ServerEnd, Remote = ClientEnd, State = TcpState.Established, Ended = true, Process = Java, Transfer = new Transfer { Busy = TimeSpan.FromSeconds(5.5), LimitedByWindow = TimeSpan.FromSeconds(4.25), LimitedBySendBuffer = TimeSpan.FromSeconds(1), ProbesWindow = true, BytesRetransmitted = 31, Spurious = 32, Fast = 33, AfterTimeout = 34, TailProbes = 35, ReceiveBufferBytes = 36, ReceiveBufferFixed = true, ReceiveBufferUsedBytes = 37, SendBufferBytes = 38, SendBufferFixed = true, WidestWindowBytes = 39, OfferedWindowBytes = 40 } },
        new SynAckRetransmitted { Time = At(107), Local = V6End, Remote = new Endpoint(IPAddress.IPv6Loopback, 50000), Attempt = 2 },
        new Dropped { Time = At(108), Local = ServerEnd, Remote = ClientEnd, Reason = "NETFILTER_DROP", Flags = TcpFlags.Syn },
        new SynRejected { Time = At(108), Netns = 4026532281, Local = ServerEnd, Remote = ClientEnd, Code = 13 },
        new CallFailed { Time = At(109), Local = Endpoint.None, Remote = ServerEnd, Call = "connect", Errno = 111, Process = Web },
        new AttemptFailed { Time = At(109), Netns = 4026532281, Socket = Client, Local = ClientEnd, Remote = ServerEnd, State = TcpState.Established, Errno = 110, TimedOut = true, PeerClosed = true, Idle = TimeSpan.FromSeconds(75.1), Process = Web },
        new AcceptQueueFull { Time = At(110), Socket = Listener, Local = ServerEnd, Remote = ClientEnd, Waiting = 129, Backlog = 128 },
        new SynQueueFull { Time = At(110), Local = ServerEnd, Remote = ClientEnd, Waiting = 128, Backlog = 128, Process = Java },
        new Unaccepted { Time = At(110), Netns = 4026531840, Local = ServerEnd, Remote = ClientEnd, Descriptors = new Use(1024, 1024), OfHost = true, UnreadBytes = 811, Process = Java },
        new AcceptQueueDrained { Time = At(110), Netns = 4026531840, Local = ServerEnd, Backlog = 5, FullFor = TimeSpan.FromMilliseconds(120), Process = Java },
        new SocketFound { Time = At(110), Netns = 4026531840, Socket = Server, Local = ServerEnd, Remote = ClientEnd, State = TcpState.Established, Process = Java },
        new ConntrackLooked { Time = At(110), Netns = 4026531840, Local = ServerEnd, Remote = ClientEnd, Known = true, OneWay = true, HalfOpen = true, Caller = ClientEnd, Called = ServerEnd, Answerer = V6End, AnsweredTo = ClientEnd, IdleTimeout = TimeSpan.FromSeconds(432_000) },
        new SiblingsCounted { Time = At(111), Netns = 4026531840, Process = Java, Port = 8080, Addresses = [new(ServerEnd.Address, 3, 1, 811, 2039, TimeSpan.FromMilliseconds(5)), new(V6End.Address, 0, 2, 0, 0, TimeSpan.Zero)] },
        new ProcessExited { Time = At(111), Netns = 4026531840, Process = Java },
        new SocketsWaiting { Time = At(112), State = TcpState.CloseWait, Process = Java, Local = ServerEnd, Remote = ClientEnd with { Port = 0 }, Opener = Opener.Remote, Count = 23, Settled = 19, Oldest = TimeSpan.FromMinutes(90), Youngest = TimeSpan.FromMilliseconds(250), UnreadBytes = 5_000_000_000, Ports = new Use(22_903, 28_232), Buckets = new Use(131_072, 262_144), Examples = [ClientEnd, V6End] },
        new PoolLooked { Time = At(112), Netns = 4026531840, Process = Java, Local = ClientEnd with { Port = 0 }, Remote = ServerEnd, Connections = 10, Busy = 9, Opened = 1, Closed = 2, Requests = 41, Longest = TimeSpan.FromMilliseconds(904), Pause = TimeSpan.FromMilliseconds(4), Threads = [4312, 4320], AtServers = 11, Owed = 30, Unread = 3, Left = 2, Oldest = TimeSpan.FromSeconds(2.7), Released = 17, Gone = 5, Answered = 8, PassedOn = 7 },
        new CountersRead { Time = At(113), Netns = 4026531840, Moved = new SortedDictionary<string, long> { ["TcpExtListenOverflows"] = 7, ["TcpCurrEstab"] = -3 } },
        new SettingsRead { Time = At(113), Netns = 4026531840, Values = new SortedDictionary<string, string> { ["net.ipv4.ip_local_port_range"] = "32768 60999" } },
        new LimitRead { Time = At(113), Netns = 4026531840, Setting = "net.netfilter.nf_conntrack_max", Used = 262_144, Saves = 262_143, Refuses = 262_145 },
        new NamespaceGone { Time = At(113), Netns = 4026531840 },
        new TrafficCounted { Time = At(114), Opened = 90210, Accepted = 45000, ClosedNormally = 90190, Failed = 20, Retransmits = 13, SynRetransmits = 1, FastRetransmits = 2, TimeoutRetransmits = 3, TailProbes = 7, Flows = [new TrafficFlow(Java, 4026531840, ClientEnd.Address, 443, Opener.Remote, 101, 1024, 4096, TimeSpan.FromMicroseconds(153), TimeSpan.FromSeconds(9)), new TrafficFlow(null, 0, V6End.Address, 0, Opener.Unknown, 0, 0, 0, TimeSpan.Zero)], Relays = [new RelayProcess(Web, 4026531840)] },
        new Lost { Time = At(115), Count = 0, Where = "ring buffer" },
        new Ended { Time = At(10_000_000), Events = 812, CpuSeconds = 0.08, PeakMemoryBytes = 61_000_000 },
    ];

    private static TcpSample Sample => new()
    {
        Opener = Opener.Remote, Age = TimeSpan.FromSeconds(61.5), SinceFinSent = TimeSpan.FromMicroseconds(3), SinceFinReceived = TimeSpan.FromHours(30),
        LastDataSent = TimeSpan.FromSeconds(60), LastDataReceived = TimeSpan.FromTicks(1), LastAckReceived = TimeSpan.Zero,
        BytesSent = 1, BytesAcked = 2, BytesReceived = 3, SegmentsOut = 4, SegmentsIn = 5, DataSegmentsOut = 6, DataSegmentsIn = 7,
        UnackedBytes = 8, UnsentBytes = 9, UnreadBytes = 1204, RetransmitsTotal = 11, RetransmitsInARow = 12, ProbesUnanswered = 13, Backoff = 14,
        RttMicroseconds = 15, MinRttMicroseconds = 16, RetransmitTimeoutMicroseconds = 17, CongestionWindowSegments = 18, SendWindowBytes = 19,
        ReceiveWindowBytes = 20, MssBytes = 21, PathMtuBytes = 22, SegmentsInFlight = 23, KeepAlive = true, KeepAliveIdleSeconds = 24,
        KeepAliveIntervalSeconds = 25, KeepAliveProbes = 26, UserTimeoutMilliseconds = 27, Reading = true, Orphaned = true, LingerZero = true, SynData = true, SoftError = 113,
        Relay = true, Said = FirstWords.Http400, Heard = FirstWords.Tls, AlertSaid = 40, AlertHeard = 255, PortSpeaks = PortSpeech.Tls | PortSpeech.Http,
        Multipath = true, Subflow = true, MultipathOpen = true, Uid = -2, Cgroup = ulong.MaxValue,
    };
}
