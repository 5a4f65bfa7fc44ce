using System.Net;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.Btf;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>The programs of bpf/watch in the kernel: loaded, attached, detached on dispose. What this kernel lacks is left out and named.</summary>
internal sealed class Watch : IDisposable
{
    /// <summary>Drops that explain a failure. Not among them: duplicates, data of closed sockets, and what tcp_send_reset tells better.</summary>
    private static readonly string[] WantedDrops =
    [
        "NETFILTER_DROP", "IP_RPFILTER", "SOCKET_FILTER", "SOCKET_BACKLOG", "PROTO_MEM", "TCP_LISTEN_OVERFLOW", "XDP", "TC_INGRESS",
        "TC_EGRESS", "BPF_CGROUP_EGRESS", "SECURITY_HOOK", "XFRM_POLICY", "IP_INNOROUTES", "IP_OUTNOROUTES", "IP_INADDRERRORS",
        "IP_INVALID_SOURCE", "IP_LOCAL_SOURCE", "NEIGH_FAILED", "NEIGH_CREATEFAIL", "NEIGH_QUEUEFULL", "NEIGH_DEAD", "PKT_TOO_BIG",
        "TCP_RFC7323_PAWS", "TCP_RFC7323_PAWS_ACK", "TCP_RFC7323_TW_PAWS", "TCP_RFC7323_TSECR", "TCP_INVALID_SEQUENCE", "TCP_INVALID_END_SEQUENCE", "TCP_ACK_UNSENT_DATA", "TCP_TOO_OLD_ACK", "TCP_INVALID_SYN", "TCP_RESET", "TCP_MD5NOTFOUND", "TCP_MD5UNEXPECTED", "TCP_MD5FAILURE",
        "TCP_AONOTFOUND", "TCP_AOUNEXPECTED", "TCP_AOKEYNOTFOUND", "TCP_AOFAILURE", "TCP_CSUM", "TCP_MINTTL", "CPU_BACKLOG",
        "QDISC_DROP", "QDISC_OVERLIMIT", "QDISC_CONGESTED", "FULL_RING", "NOMEM", "PFMEMALLOC", "TCP_FASTOPEN",
    ];

    /// <summary>What cannot be told without a program.</summary>
    private static readonly (string Program, string[] Causes)[] Feeds =
    [
        ("on_send_reset", ["server-close-unread", "linger-zero-abort", "stale-conn-reuse", "keepalive-race", "keepalive-timeout-dead-peer", "early-close-while-peer-sends", "accept-queue-overflow-rst", "listener-closed-queued", "admin-abort", "half-open-peer-gone", "peer-rebooted-same-tuple", "orphan-limit", "lb-failover-misroute", "k8s-conntrack-invalid-rst", "mptcp-subflow-reset"]),
        ("on_drop", ["conn-refused-firewall-rst", "syn-dropped-firewall", "host-unreachable-neigh", "rp-filter-drop", "pmtu-blackhole", "md5-ao-mismatch", "bpf-policy-drop", "conntrack-idle-expiry", "nat-lb-idle-drop", "snat-port-collision", "conntrack-table-full", "tcp-memory-pressure", "paws-reject", "checksum-corruption", "seq-desync", "spoofed-rst", "local-queue-drop", "tcp-backlog-drop", "asymmetric-routing"]),
        ("on_ingress", ["accept-queue-overflow-drop", "backlog-too-small", "syn-queue-overflow-drop", "syn-cookies-active", "conn-refused-firewall-rst", "middlebox-rst", "lb-idle-rst"]),
        ("on_connect4", ["no-route-local"]),
        ("on_retransmit", ["syn-dropped-firewall", "retransmission-timeout"]),
        ("on_retransmit_synack", ["defer-accept-stall"]),
        ("on_state", ["syn-lost-network", "tfo-blackhole", "ephemeral-port-exhaustion", "netns-destroyed"]),
        ("on_exit", ["process-crash"]),
        ("on_scan", ["dns-dead-backend", "close-wait-leak", "zero-window-slow-reader", "rcvbuf-limited", "sndbuf-limited", "packet-loss-slow", "pool-exhausted"]),
    ];

    private readonly BpfObject _object;
    private readonly List<IDisposable> _attached = [];
    private readonly List<Unavailable> _unavailable = [];
    private BpfLink? _scan;

    private Watch(BpfObject programs) => _object = programs;

    public IReadOnlyList<Unavailable> Unavailable => _unavailable;

    /// <summary>Descriptors of the maps that the programs fill.</summary>
    public int Events => _object.Map("events");
    public int Counters => _object.Map("counters");
    public int Traffic => _object.Map("traffic");
    public int Relays => _object.Map("relays");
    public int Calls => _object.Map("calls");
    public int Waiters => _object.Map("waiters");
    private int WantedEnds => _object.Map("wanted");
    private int FollowedProcesses => _object.Map("followed");

    /// <summary>Causes that cannot be told without a program.</summary>
    public static string[] CausesOf(string program) => Array.Find(Feeds, feed => feed.Program == program).Causes;

    /// <summary>Loads what this kernel can run and attaches all of it.</summary>
    /// <exception cref="KernelException">The kernel refuses.</exception>
    /// <exception cref="FeatureMissingException">It has no BTF or lacks the tracepoints without which nothing can be told.</exception>
    /// <exception cref="DllNotFoundException">libbpf.so.1 is missing.</exception>
    public static Watch Attach(Features features, bool payload)
    {
        BtfFile btf = features.RequireBtf();
        if (!features.HasTracepoint("inet_sock_set_state") || !features.HasTracepoint("tcp_receive_reset"))
            throw new FeatureMissingException("the tracepoints sock:inet_sock_set_state and tcp:tcp_receive_reset", "Linux 4.16");
        var watch = new Watch(BpfObject.Open("watch.bpf.o"));
        try
        {
            List<string> programs = watch.Choose(features, btf, payload);
            watch._object.Set(Constants(EnumNames.DropReasons(btf)));
            watch._object.Load();
            watch.Attach(programs, features);
            return watch;
        }
        catch
        {
            watch.Dispose();
            throw;
        }
    }

    /// <summary>Events that the kernel did not hand to a program.</summary>
    public ulong Misses() => _object.Misses();

    /// <summary>Looks at every socket that a process holds and hands over the listeners and those in CLOSE_WAIT.</summary>
    public void Scan(RingBuffer.KernelEventHandler handler)
    {
        if (_scan is null)
            return;
        using BpfIterator pass = _scan.OpenIterator();
        pass.ReadEvents(handler);
    }

    /// <summary>The same, and besides notes whose connections wait for late answers, and hands over those of some processes one by one.</summary>
    public void Scan(in Followed followed, RingBuffer.KernelEventHandler handler)
    {
        BpfMap.Set(FollowedProcesses, 0, followed);
        try
        {
            Scan(handler);
        }
        finally
        {
            BpfMap.Set(FollowedProcesses, 0, default(Followed));
        }
    }

    /// <summary>Looks at every socket that a process holds and hands over those with one of the ends.</summary>
    public void Search(IEnumerable<IPEndPoint> ends, RingBuffer.KernelEventHandler handler) => Search(Wanted.Of(ends), handler);

    /// <summary>The same for those that one of the processes has open to the port beside it, at any address.</summary>
    public void Search(IEnumerable<(int Pid, int Port)> clients, RingBuffer.KernelEventHandler handler) => Search(Wanted.Of(clients), handler);

    private void Search(in Wanted wanted, RingBuffer.KernelEventHandler handler)
    {
        BpfMap.Set(WantedEnds, 0, wanted);
        try
        {
            Scan(handler);
        }
        finally
        {
            BpfMap.Set(WantedEnds, 0, default(Wanted));
        }
    }

    public void Dispose()
    {
        foreach (IDisposable attached in _attached)
            attached.Dispose();
        _attached.Clear();
        _object.Dispose();
    }

    private List<string> Choose(Features features, BtfFile btf, bool payload)
    {
        List<string> programs = [];
        foreach (string program in _object.Programs)
        {
            if (program.StartsWith("on_payload_", StringComparison.Ordinal) && (!payload || features.CgroupRoot is null))
            {
                _object.Skip(program);
                continue;
            }
            string section = _object.Section(program);
            string? missing = section.StartsWith("tp_btf/", StringComparison.Ordinal) && !features.HasTracepoint(section[7..]) ? section[7..]
                : program == "on_send_reset" && btf.Enum("sk_rst_reason") is null ? "reasons of tcp_send_reset (Linux 6.10)"
                : section.StartsWith("cgroup", StringComparison.Ordinal) && features.CgroupRoot is null ? "cgroup v2"
                : null;
            if (missing is null)
            {
                programs.Add(program);
                continue;
            }
            _object.Skip(program);
            Miss(program, missing);
        }
        return programs;
    }

    private void Attach(List<string> programs, Features features)
    {
        foreach (string program in programs)
        {
            string section = _object.Section(program);
            if (section.StartsWith("cgroup", StringComparison.Ordinal))
            {
                using Fd cgroup = Fd.Open(features.CgroupRoot!);
                _attached.Add(_object.AttachCgroup(program, cgroup.Number));
            }
            else
            {
                BpfLink link = _object.Attach(program);
                _attached.Add(link);
                if (section == "iter/task_file")
                    _scan = link;
            }
        }
    }

    private void Miss(string program, string needs)
    {
        foreach ((string feed, string[] causes) in Feeds)
        {
            if (feed == program)
                _unavailable.AddRange(causes.Select(cause => new Unavailable(cause, needs)));
        }
    }

    private static Settings Constants(EnumNames drops)
    {
        var settings = new Settings { tick_us = Clock.TickMicroseconds() };
        foreach (string name in WantedDrops)
        {
            if (drops.Value(name) is { } reason and >= 0 and < 256)
                settings.wanted_drops[(int)reason] = 1;
        }
        return settings;
    }
}
