using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>Looks what can be seen on this host with these privileges: what doctor shows.</summary>
public static class HostVisibility
{
    public static Visibility Look()
    {
        var proc = new ProcFs();
        var features = new Features(proc);
        string[] missing = Capabilities.Missing(Capability.CAP_BPF, Capability.CAP_PERFMON, Capability.CAP_NET_ADMIN, Capability.CAP_SYS_PTRACE, Capability.CAP_SYS_ADMIN, Capability.CAP_DAC_READ_SEARCH);
        bool reasons = features.Btf?.Enum("sk_rst_reason") is not null;
        return new Visibility(features.KernelRelease, Environment.UserName,
        [
            new("privileges", missing.Length == 0, missing.Length == 0 ? "CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN, CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_DAC_READ_SEARCH" : $"missing {string.Join(", ", missing)}", [], "run it as root: sudo ./tcpwhy diagnose"),
            new("libbpf", features.HasLibbpf, features.HasLibbpf ? "libbpf.so.1" : "libbpf.so.1 not found", [], "apt-get install libbpf1"),
            new("types of the kernel (BTF)", features.Btf is not null, features.Btf is null ? "no /sys/kernel/btf/vmlinux" : "/sys/kernel/btf/vmlinux", [], "a kernel with CONFIG_DEBUG_INFO_BTF, as Debian's is"),
            Tracepoint(features, "inet_sock_set_state", []),
            Tracepoint(features, "tcp_receive_reset", []),
            new("reasons of resets sent", reasons && features.HasTracepoint("tcp_send_reset"), reasons ? "sk_rst_reason" : "this kernel does not name them", Watch.CausesOf("on_send_reset"), "Linux 6.12 or newer"),
            Tracepoint(features, "tcp_retransmit_skb", Watch.CausesOf("on_retransmit")),
            Tracepoint(features, "kfree_skb", Watch.CausesOf("on_drop")),
            Tracepoint(features, "sched_process_exit", Watch.CausesOf("on_exit")),
            new("cgroup v2", features.CgroupRoot is not null, features.CgroupRoot ?? "not mounted", [.. Watch.CausesOf("on_ingress"), .. Watch.CausesOf("on_connect4")], "mount -t cgroup2 none /sys/fs/cgroup/unified"),
            new("list of sockets (sock_diag)", features.SockDiagError is null, features.SockDiagError?.Message ?? "NETLINK_SOCK_DIAG", [.. Watch.CausesOf("on_scan"), "time-wait-accumulation"], "a kernel with CONFIG_INET_DIAG"),
        ]);
    }

    private static VisibilityCheck Tracepoint(Features features, string name, string[] causes) =>
        new($"tracepoint {name}", features.HasTracepoint(name), features.HasTracepoint(name) ? "tp_btf" : "not in this kernel", causes, "a newer kernel");
}
