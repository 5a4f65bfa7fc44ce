using System.Globalization;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Kernel;

/// <summary>Rights of Linux processes, finer than root (capabilities(7)).</summary>
public static class Capabilities
{
    /// <summary>Highest capability that a set of 64 bits can hold; the kernel has 41 of them today.</summary>
    private const int Bits = 64;

    /// <summary>What the calling thread may do now.</summary>
    /// <exception cref="KernelException">capget failed.</exception>
    public static ulong Effective() => Get().Effective;

    /// <summary>Whether the calling thread has it.</summary>
    public static bool Has(Capability capability) => (Effective() & Bit(capability)) != 0;

    /// <summary>The set of these capabilities.</summary>
    public static ulong Set(params ReadOnlySpan<Capability> capabilities)
    {
        ulong set = 0;
        foreach (Capability capability in capabilities)
            set |= Bit(capability);
        return set;
    }

    /// <summary>Those of the capabilities that the calling thread lacks, as "CAP_BPF".</summary>
    public static string[] Missing(params ReadOnlySpan<Capability> needed)
    {
        ulong effective = Effective();
        var missing = new List<string>();
        foreach (Capability capability in needed)
        {
            if ((effective & Bit(capability)) == 0)
                missing.Add(capability.ToString());
        }
        return [.. missing];
    }

    /// <summary>Gives up for ever everything but <paramref name="keep"/> on the calling thread: bounding, ambient, permitted and effective set, and
    /// no program that it starts gains rights. Returns how many threads of this process still have more.</summary>
    /// <remarks>The system call is per thread. libc changes all threads only for user ids, by a signal whose handler must be C; .NET cannot run
    /// managed code in a handler. Threads that this thread starts afterwards inherit what is left; the runtime's own threads (signals, finalizer,
    /// timers) keep what the process began with. Call it early, and let systemd (CapabilityBoundingSet=) or `setpriv` do it when all threads count.</remarks>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static int Drop(params ReadOnlySpan<Capability> keep)
    {
        ulong kept = Set(keep);
        CapSets sets = Get();

        // The bounding set needs CAP_SETPCAP, so it comes first; without it there is nothing in it that exec could give to us but a setuid program.
        for (int i = 0; i < Bits && Libc.prctl(Libc.PR_CAPBSET_READ, (nuint)i, 0, 0, 0) >= 0; i++)
        {
            if ((kept & (1UL << i)) == 0 && (sets.Effective & Bit(Capability.CAP_SETPCAP)) != 0)
                KernelException.Check(Libc.prctl(Libc.PR_CAPBSET_DROP, (nuint)i, 0, 0, 0), "prctl", "PR_CAPBSET_DROP");
        }
        KernelException.Check(Libc.prctl(Libc.PR_CAP_AMBIENT, Libc.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "prctl", "PR_CAP_AMBIENT_CLEAR_ALL");
        KernelException.Check(Libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl", "PR_SET_NO_NEW_PRIVS");
        Put(new CapSets(sets.Effective & kept, sets.Permitted & kept));
        return ThreadsWithMore(new ProcFs(), kept);
    }

    /// <summary>How many threads of this process have capabilities beyond <paramref name="set"/>.</summary>
    internal static int ThreadsWithMore(ProcFs proc, ulong set)
    {
        const string Label = "CapPrm:";
        int count = 0;
        foreach (string task in Directory.EnumerateDirectories(proc.Path("self/task")))
        {
            string? line = proc.ReadText($"self/task/{Path.GetFileName(task)}/status")?.Split('\n').FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal));
            if (line is not null && (ulong.Parse(line.AsSpan(Label.Length).Trim(), NumberStyles.AllowHexSpecifier) & ~set) != 0)
                count++;
        }
        return count;
    }

    private static ulong Bit(Capability capability) => 1UL << (int)capability;

    private static CapSets Get()
    {
        var header = new CapHeader { version = Libc._LINUX_CAPABILITY_VERSION_3 };
        Span<CapData> data = stackalloc CapData[2];
        KernelException.Check(Libc.capget(ref header, data), "capget");
        return new CapSets(data[0].effective | ((ulong)data[1].effective << 32), data[0].permitted | ((ulong)data[1].permitted << 32));
    }

    private static void Put(CapSets sets)
    {
        var header = new CapHeader { version = Libc._LINUX_CAPABILITY_VERSION_3 };
        ReadOnlySpan<CapData> data =
        [
            new CapData { effective = (uint)sets.Effective, permitted = (uint)sets.Permitted },
            new CapData { effective = (uint)(sets.Effective >> 32), permitted = (uint)(sets.Permitted >> 32) },
        ];
        KernelException.Check(Libc.capset(ref header, data), "capset");
    }

    private readonly record struct CapSets(ulong Effective, ulong Permitted);
}
