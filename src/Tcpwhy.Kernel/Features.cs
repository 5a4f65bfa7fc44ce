using System.Runtime.InteropServices;
using Tcpwhy.Kernel.Btf;
using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Kernel;

/// <summary>What the running kernel can do; each question is asked once. Safe for several threads.</summary>
/// <param name="proc">Where /proc is.</param>
/// <param name="btfPath">Where the kernel's own types are.</param>
public sealed class Features(ProcFs proc, string btfPath = Features.DefaultBtfPath)
{
    public const string DefaultBtfPath = "/sys/kernel/btf/vmlinux";

    private readonly Lazy<BtfFile?> btf = new(() => File.Exists(btfPath) ? BtfFile.Load(btfPath) : null);
    private readonly Lazy<string?> cgroupRoot = new(() => FindCgroupRoot(Mount.List(proc)));
    private readonly Lazy<bool> libbpf = new(FindLibbpf);
    private readonly Lazy<KernelException?> sockDiag = new(TrySockDiag);
    private readonly Lazy<string> release = new(() => proc.ReadText("sys/kernel/osrelease")?.Trim() ?? "");

    /// <summary>The kernel's types; null when it has none (CONFIG_DEBUG_INFO_BTF).</summary>
    /// <exception cref="InvalidDataException">They do not parse.</exception>
    public BtfFile? Btf => btf.Value;

    /// <summary>As "6.18.44-fc"; empty when /proc is absent.</summary>
    public string KernelRelease => release.Value;

    /// <summary>Where the whole of cgroup v2 is mounted: /sys/fs/cgroup, or /sys/fs/cgroup/unified beside v1; null without it.</summary>
    public string? CgroupRoot => cgroupRoot.Value;

    /// <summary>Whether libbpf.so.1 can be loaded.</summary>
    public bool HasLibbpf => libbpf.Value;

    /// <summary>Why sockets cannot be listed by netlink; null when they can.</summary>
    public KernelException? SockDiagError => sockDiag.Value;

    /// <summary>Whether a BPF program of type tp_btf can attach to this tracepoint, as "tcp_send_reset".</summary>
    public bool HasTracepoint(string name) => Btf?.Find(BtfKind.Typedef, "btf_trace_" + name) is not null;

    /// <summary>The kernel's types, for those who cannot go on without.</summary>
    /// <exception cref="FeatureMissingException">It has none.</exception>
    public BtfFile RequireBtf() => Btf ?? throw new FeatureMissingException("BTF", "Linux 5.4 with CONFIG_DEBUG_INFO_BTF");

    internal static string? FindCgroupRoot(List<Mount> mounts) =>
        // In a container the root of the mount may be a subtree: a program attached there would not see the host.
        (mounts.LastOrDefault(mount => mount is { Type: "cgroup2", Root: "/" }) ?? mounts.LastOrDefault(mount => mount.Type == "cgroup2"))?.Path;

    private static bool FindLibbpf()
    {
        if (!NativeLibrary.TryLoad("libbpf.so.1", out nint handle))
            return false;
        NativeLibrary.Free(handle);
        return true;
    }

    private static KernelException? TrySockDiag()
    {
        try
        {
            using var socket = new InetDiagSocket();
            socket.Dump(Libc.AF_INET, states: 0, InetDiagExtensions.None, static (in _) => { });
            return null;
        }
        catch (KernelException error)
        {
            return error;
        }
    }
}
