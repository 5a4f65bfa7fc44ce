using System.Net;
using System.Text;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.Btf;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>Translates the kernel's events into the domain's, once: names for numbers, units in names, null for what is not known.</summary>
internal sealed class KernelEvents(TimeProvider time, EnumNames resetReasons, EnumNames dropReasons, Owners owners)
{
    private const byte AF_INET = 2, EADDRNOTAVAIL = 99;

    // Stopwatch ticks are CLOCK_MONOTONIC nanoseconds on Linux, the clock of bpf_ktime_get_ns.
    private readonly DateTimeOffset _bootTime = time.GetUtcNow() - TimeSpan.FromMicroseconds(time.GetTimestamp() / 1000.0);

    /// <summary>The event in the domain's words, or null for one of a kind that this build does not know.</summary>
    public Event? Translate(in KernelEvent raw)
    {
        DateTimeOffset at = Time(raw.time_ns);
        Endpoint local = new(Address(raw.local, raw.family), raw.local_port);
        Endpoint remote = new(Address(raw.remote, raw.family), raw.remote_port);
        var from = (TcpState)raw.old_state;
        switch (raw.kind)
        {
            case EventKind.Scanned when from == TcpState.Listen:
            case EventKind.State when raw.new_state == (byte)TcpState.Listen || from == TcpState.Listen:
                ProcessInfo? listener = owners.Acting(raw.task);
                var listening = new Listening
                {
                    Time = at,
                    Netns = raw.netns,
                    Socket = raw.sock,
                    Local = local,
                    V6Only = raw.info.flags.HasFlag(InfoFlags.V6Only),
                    Backlog = (int)raw.info.max_ack_backlog,
                    Waiting = (int)raw.info.ack_backlog,
                    Process = listener,
                    Closed = raw.kind == EventKind.State && from == TcpState.Listen,
                };
                owners.Observe(listening);
                return listening;
            // A search for a local port that found none, the only way to lose the port before it is known.
            case EventKind.State when from == TcpState.SynSent && raw.new_state == (byte)TcpState.Closed && raw.local_port == 0:
                return Failed(raw, EADDRNOTAVAIL);
            case EventKind.State:
                return new StateChanged
                {
                    Time = at,
                    Netns = raw.netns,
                    Socket = raw.sock,
                    Local = local,
                    Remote = remote,
                    From = from,
                    To = (TcpState)raw.new_state,
                    ByProcess = raw.task.flags.HasFlag(TaskFlags.Known),
                    Stranded = raw.reason == 1,
                    Process = Owner(raw, local),
                    Sample = Sample(raw.info),
                };
            case EventKind.ResetSent:
                bool hasSocket = raw.sock != 0;
                string reason = resetReasons.Name(raw.reason);
                return new ResetSent
                {
                    Time = at,
                    Netns = raw.netns,
                    Socket = raw.sock,
                    Local = local,
                    Remote = remote,
                    Reason = reason,
                    State = from,
                    Answers = (TcpFlags)(raw.trigger_flags & 31),
                    AnsweredBytes = (int)raw.device,
                    SinceClose = hasSocket ? null : Ago(raw.info.since_fin_sent_us),
                    // Timers end sockets in the name of whoever runs by chance.
                    Process = !hasSocket || reason is "TCP_KEEPALIVE_TIMEOUT" or "TCP_ABORT_ON_MEMORY" ? null
                        : IsKilled(reason, from) ? Listener(raw, local) : Owner(raw, local),
                    Sample = hasSocket ? Sample(raw.info) : null,
                };
            case EventKind.ResetReceived:
                return new ResetReceived
                {
                    Time = at,
                    Netns = raw.netns,
                    Socket = raw.sock,
                    Local = local,
                    Remote = remote,
                    State = from,
                    Segment = Segment(raw.segment),
                    Process = Owner(raw, local),
                    Sample = Sample(raw.info),
                };
            case EventKind.Error:
                return new SocketError
                {
                    Time = at,
                    Netns = raw.netns,
                    Socket = raw.sock,
                    Local = local,
                    Remote = remote,
                    State = from,
                    Errno = raw.error,
                    Process = Owner(raw, local),
                    Sample = Sample(raw.info),
                };
            case EventKind.Retransmit:
                return new Retransmitted
                {
                    Time = at,
                    Netns = raw.netns,
                    Socket = raw.sock,
                    Local = local,
                    Remote = remote,
                    State = from,
                    Attempt = Math.Max((int)raw.info.retransmits, 1),
                    Process = Owner(raw, local),
                    Sample = Sample(raw.info),
                };
            case EventKind.HeldUp:
                return new HeldUp
                {
                    Time = at,
                    Netns = raw.netns,
                    Socket = raw.sock,
                    Local = local,
                    Remote = remote,
                    State = from,
                    Ended = raw.transfer.flags.HasFlag(TransferFlags.Ended),
                    Transfer = Transfer(raw.transfer),
                    Process = Owner(raw, local),
                    Sample = Sample(raw.info),
                };
            case EventKind.SynAckRetransmit:
                return new SynAckRetransmitted { Time = at, Netns = raw.netns, Local = local, Remote = remote, Attempt = raw.info.retransmits, Deferred = raw.reason == 1, Process = owners.Listener(raw.netns, local) };
            case EventKind.Drop:
                return new Dropped
                {
                    Time = at,
                    Netns = raw.netns,
                    Local = local,
                    Remote = remote,
                    Reason = dropReasons.Name(raw.reason),
                    Flags = (TcpFlags)(raw.trigger_flags & 31),
                    Process = owners.Acting(raw.task),
                };
            case EventKind.SynRejected:
                return new SynRejected { Time = at, Netns = raw.netns, Local = local, Remote = remote, Code = (int)raw.reason };
            case EventKind.QueueFull:
                return new AcceptQueueFull
                {
                    Time = at,
                    Netns = raw.netns,
                    Socket = raw.sock,
                    Local = local,
                    Remote = remote,
                    Waiting = (int)raw.info.ack_backlog,
                    Backlog = (int)raw.info.max_ack_backlog,
                    Process = owners.Listener(raw.netns, local),
                };
            case EventKind.SynQueueFull:
                return new SynQueueFull
                {
                    Time = at,
                    Netns = raw.netns,
                    Local = local,
                    Remote = remote,
                    Waiting = (int)raw.info.ack_backlog,
                    Backlog = (int)raw.info.max_ack_backlog,
                    Process = owners.Listener(raw.netns, local),
                };
            case EventKind.Found:
                return new SocketFound
                {
                    Time = at,
                    Netns = raw.netns,
                    Socket = raw.sock,
                    Local = local,
                    Remote = remote,
                    State = from,
                    Process = owners.Acting(raw.task),
                    Sample = Sample(raw.info),
                };
            case EventKind.Exit when owners.Acting(raw.task) is { } process:
                return new ProcessExited { Time = at, Netns = raw.netns, Process = process };
            default:
                return null;
        }
    }

    /// <summary>A call of connect that failed, as the errno says, before a segment left.</summary>
    public CallFailed Failed(in KernelEvent raw, int errno) => new()
    {
        Time = Time(raw.time_ns),
        Netns = raw.netns,
        Socket = raw.sock,
        Local = new(Address(raw.local, raw.family), 0),
        Remote = new(Address(raw.remote, raw.family), raw.remote_port),
        Call = "connect",
        Errno = errno,
        Process = owners.Acting(raw.task),
    };

    /// <summary>A socket in CLOSE_WAIT, or one of a proxy that waits for an answer, as a scan found it.</summary>
    public WaitingSocket Waiting(in KernelEvent raw)
    {
        Endpoint local = new(Address(raw.local, raw.family), raw.local_port);
        Endpoint remote = new(Address(raw.remote, raw.family), raw.remote_port);
        bool server = raw.info.opener != 0 ? raw.info.opener == (byte)Opener.Remote : owners.Listener(raw.netns, local) is not null;
        // Of a connection older than we are: the FIN was the last segment with an ACK that came, unless we wrote since.
        TimeSpan quiet = Ago(raw.info.since_fin_received_us) ?? TimeSpan.FromMilliseconds(Math.Min(raw.info.last_ack_recv_ms, raw.info.last_data_sent_ms));
        if (raw.old_state == (byte)TcpState.Established)
            quiet = TimeSpan.FromMilliseconds(server ? raw.info.last_data_recv_ms : raw.info.last_data_sent_ms);
        return new WaitingSocket(raw.netns, owners.Acting(raw.task), local, remote, server, quiet, raw.info.unread);
    }

    /// <summary>A connection of a process that is followed, as a scan found it.</summary>
    public FollowedSocket Followed(in KernelEvent raw) => new(
        Time(raw.time_ns),
        raw.sock,
        raw.netns,
        owners.Acting(raw.task)!,
        new Endpoint(Address(raw.local, raw.family), raw.local_port),
        new Endpoint(Address(raw.remote, raw.family), raw.remote_port),
        (FollowedFlags)raw.reason,
        (int)raw.task.tid,
        raw.info.data_segs_out,
        raw.info.unread,
        Since(raw.info.last_data_sent_ms),
        Since(raw.info.last_data_recv_ms));

    public DateTimeOffset Time(ulong nanoseconds)
    {
        DateTimeOffset exact = _bootTime.AddTicks((long)(nanoseconds / 100));
        return exact.AddTicks(-(exact.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    private ProcessInfo? Owner(in KernelEvent raw, Endpoint local) => owners.Acting(raw.task) ?? Listener(raw, local);

    private ProcessInfo? Listener(in KernelEvent raw, Endpoint local) =>
        raw.info.opener == (byte)Opener.Local ? null : owners.Listener(raw.netns, local);

    /// <summary>A program's own abort has closed the socket by the time that the reset leaves; who kills from outside (ss -K) resets first, and is not the owner.</summary>
    private static bool IsKilled(string reason, TcpState state) => reason == "TCP_STATE" && state != TcpState.Closed;

    internal static IPAddress Address(ReadOnlySpan<byte> bytes, byte family)
    {
        if (family == AF_INET)
            return new IPAddress(bytes[..4]);
        var address = new IPAddress(bytes);
        // An IPv4 connection on an IPv6 socket is the same connection for its peer.
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    private static Segment? Segment(in KernelSegment raw) =>
        raw.ttl == 0 ? null : new Segment(raw.ttl, raw.ip_id, raw.window, raw.has_timestamp != 0, raw.usual_ttl);

    private static TimeSpan? Ago(ulong microseconds) => microseconds == 0 ? null : TimeSpan.FromMicroseconds(microseconds - 1);

    private static TimeSpan? Since(uint milliseconds) => milliseconds == KernelSockInfo.Never ? null : TimeSpan.FromMilliseconds(milliseconds);

    private static TcpSample Sample(in KernelSockInfo raw) => new()
    {
        Opener = (Opener)raw.opener,
        Age = Ago(raw.age_us),
        SinceFinSent = Ago(raw.since_fin_sent_us),
        SinceFinReceived = Ago(raw.since_fin_received_us),
        LastDataSent = Since(raw.last_data_sent_ms),
        LastDataReceived = Since(raw.last_data_recv_ms),
        LastAckReceived = Since(raw.last_ack_recv_ms),
        BytesSent = (long)raw.bytes_sent,
        BytesAcked = (long)raw.bytes_acked,
        BytesReceived = (long)raw.bytes_received,
        SegmentsOut = (int)raw.segs_out,
        SegmentsIn = (int)raw.segs_in,
        DataSegmentsOut = (int)raw.data_segs_out,
        DataSegmentsIn = (int)raw.data_segs_in,
        UnackedBytes = (int)raw.unacked,
        UnsentBytes = (int)raw.notsent,
        UnreadBytes = (int)raw.unread,
        RetransmitsTotal = (int)raw.total_retrans,
        RetransmitsInARow = raw.retransmits,
        ProbesUnanswered = raw.probes_out,
        Backoff = raw.backoff,
        RttMicroseconds = (int)raw.srtt_us,
        MinRttMicroseconds = raw.min_rtt_us == uint.MaxValue ? 0 : (int)raw.min_rtt_us,
        RetransmitTimeoutMicroseconds = (int)raw.rto_us,
        CongestionWindowSegments = (int)raw.snd_cwnd,
        SendWindowBytes = (int)raw.snd_wnd,
        ReceiveWindowBytes = (int)raw.rcv_wnd,
        MssBytes = (int)raw.mss,
        PathMtuBytes = (int)raw.pmtu,
        SegmentsInFlight = (int)raw.packets_out,
        KeepAlive = raw.flags.HasFlag(InfoFlags.KeepAlive),
        KeepAliveIdleSeconds = (int)raw.keepalive_time_s,
        KeepAliveIntervalSeconds = (int)raw.keepalive_intvl_s,
        KeepAliveProbes = raw.keepalive_probes,
        UserTimeoutMilliseconds = (int)raw.user_timeout_ms,
        Reading = raw.reading != 0,
        Orphaned = raw.flags.HasFlag(InfoFlags.Orphaned),
        LingerZero = raw.flags.HasFlag(InfoFlags.LingerZero),
        SynData = raw.flags.HasFlag(InfoFlags.SynData),
        SoftError = raw.err_soft,
        Relay = raw.flags.HasFlag(InfoFlags.Relay),
        Said = (FirstWords)raw.said,
        Heard = (FirstWords)raw.heard,
        AlertSaid = raw.alert_said,
        AlertHeard = raw.alert_heard,
        PortSpeaks = (PortSpeech)raw.port_flags,
        Subflow = raw.mptcp.HasFlag(MptcpFlags.Joined),
        Multipath = raw.mptcp.HasFlag(MptcpFlags.Subflow),
        MultipathOpen = raw.mptcp.HasFlag(MptcpFlags.Open),
        Uid = (int)raw.uid,
        Cgroup = raw.cgroup,
    };

    private static Transfer Transfer(in KernelTransfer raw) => new()
    {
        Busy = TimeSpan.FromMicroseconds(raw.busy_us),
        LimitedByWindow = TimeSpan.FromMicroseconds(raw.rwnd_limited_us),
        LimitedBySendBuffer = TimeSpan.FromMicroseconds(raw.sndbuf_limited_us),
        ProbesWindow = raw.flags.HasFlag(TransferFlags.Probing),
        BytesRetransmitted = (long)raw.bytes_retrans,
        Spurious = (int)raw.dsack_dups,
        Fast = raw.fast,
        AfterTimeout = raw.timeout,
        TailProbes = raw.tail_probes,
        ReceiveBufferBytes = (int)raw.rcvbuf,
        ReceiveBufferFixed = raw.flags.HasFlag(TransferFlags.RcvbufFixed),
        ReceiveBufferUsedBytes = (int)raw.rmem,
        SendBufferBytes = (int)raw.sndbuf,
        SendBufferFixed = raw.flags.HasFlag(TransferFlags.SndbufFixed),
        SendBufferLargest = raw.flags.HasFlag(TransferFlags.SndbufLargest),
        SendBufferShort = raw.flags.HasFlag(TransferFlags.SndbufShort),
        WidestWindowBytes = (int)raw.widest_window,
        OfferedWindowBytes = (int)raw.offered_window,
    };

    /// <summary>A comm as text; bytes that are no UTF-8 become U+FFFD.</summary>
    internal static string Comm(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
