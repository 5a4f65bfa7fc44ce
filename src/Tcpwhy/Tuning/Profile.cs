using Tcpwhy.Texts;
using Tcpwhy.Model;

namespace Tcpwhy.Tuning;

/// <summary>Choices for a kind of host, beyond what was measured: taken only when asked for by name, and marked so in the plan.</summary>
/// <param name="Name">proxy, server, client or database.</param>
public sealed record Profile(string Name, IReadOnlyList<ProfileChoice> Choices)
{
    private static readonly ProfileChoice[] Idle =
    [
        new("net.ipv4.tcp_keepalive_time", "60", Bound.AtMost, "probes idle connections before any usual NAT or load balancer forgets them (240 s and more)"),
        new("net.ipv4.tcp_keepalive_intvl", "10", Bound.AtMost, "with six probes 10 s apart a dead peer is noticed after two minutes, not two hours"),
        new("net.ipv4.tcp_keepalive_probes", "6", Bound.AtMost, "with six probes 10 s apart a dead peer is noticed after two minutes, not two hours"),
    ];

    private static readonly ProfileChoice Burst = new("net.ipv4.tcp_slow_start_after_idle", "0", Bound.AtMost, "pooled connections keep their speed after a pause");
    private static readonly ProfileChoice Queue = new("net.core.somaxconn", "4096", Bound.AtLeast, "lets listeners have the queue that they ask for; the default since Linux 5.4");
    private static readonly ProfileChoice GiveUp = new("net.ipv4.tcp_retries2", "8", Bound.AtMost, "gives a dead peer up after about 100 s instead of 15 minutes");
    private static readonly ProfileChoice Ports = new("net.ipv4.ip_local_port_range", "10240 65535", Bound.AtLeast, "almost doubles the connections that one destination can have");
    private static readonly ProfileChoice NoAbort = new("net.ipv4.tcp_abort_on_overflow", "0", Bound.AtMost, "lets a client try again where a short burst fills the accept queue");

    /// <summary>Every profile, by its name.</summary>
    public static readonly IReadOnlyList<Profile> All =
    [
        new("proxy",
        [
            Ports, Queue, Burst, .. Idle, GiveUp, NoAbort,
            new("net.ipv4.tcp_notsent_lowat", "131072", Bound.AtMost, "keeps data in the proxy, where it can still be ordered, instead of in the kernel's send buffers"),
            new("net.ipv4.tcp_migrate_req", "1", Bound.AtLeast, "hands waiting connections over when a worker with SO_REUSEPORT ends"),
        ]),
        new("server", [Queue, Burst, .. Idle, NoAbort, new("net.ipv4.tcp_migrate_req", "1", Bound.AtLeast, "hands waiting connections over when a worker with SO_REUSEPORT ends")]),
        new("client",
        [
            Ports, .. Idle, GiveUp,
            new("net.ipv4.tcp_syn_retries", "4", Bound.AtMost, "connect fails after about half a minute instead of two minutes, so that the next address is tried"),
        ]),
        new("database", [.. Idle, Burst, GiveUp]),
    ];

    /// <summary>The profile of that name.</summary>
    /// <exception cref="ToolException">There is none.</exception>
    public static Profile Find(string name) => All.FirstOrDefault(profile => profile.Name == name)
        ?? throw new ToolException($"no profile is called '{name}'{Nearest.Hint(name, All.Select(profile => profile.Name))}", ExitCode.Usage);
}

/// <summary>Which side of a profile's value is good enough already.</summary>
public enum Bound
{
    AtLeast,
    AtMost,
}

/// <summary>One setting of a profile and why it is in it.</summary>
public sealed record ProfileChoice(string Setting, string Value, Bound Bound, string Why);
