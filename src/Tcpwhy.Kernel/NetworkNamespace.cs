using System.Runtime.ExceptionServices;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Kernel;

/// <summary>A network namespace of this host.</summary>
/// <param name="Inode">Its number, as in <c>net:[4026531833]</c>.</param>
public sealed record NetworkNamespace(uint Inode)
{
    /// <summary>The lowest pid that lives in it; null when only a pin or a socket keeps it.</summary>
    public int? Pid { get; init; }

    /// <summary>The name that `ip netns` or docker gave it, or null.</summary>
    public string? Name { get; init; }

    /// <summary>A file that setns(2) takes: /run/netns/NAME or /proc/PID/ns/net.</summary>
    public required string Path { get; init; }

    /// <summary>Every namespace that a visible process lives in or that is pinned, by inode; without CAP_SYS_PTRACE only our own user's.</summary>
    /// <exception cref="KernelException">/proc cannot be read.</exception>
    public static List<NetworkNamespace> List(ProcFs proc)
    {
        var found = new SortedDictionary<uint, NetworkNamespace>();
        foreach (int pid in proc.Pids())
        {
            if (proc.NetworkNamespace(pid) is { } inode && (!found.TryGetValue(inode, out NetworkNamespace? known) || pid < known.Pid))
                found[inode] = new NetworkNamespace(inode) { Pid = pid, Path = proc.Path($"{pid}/ns/net") };
        }
        foreach (Mount pin in Mount.List(proc).Where(mount => mount.Type == "nsfs"))
        {
            if (ProcFs.NamespaceInode(pin.Root) is { } inode)
                found[inode] = new NetworkNamespace(inode) { Pid = found.GetValueOrDefault(inode)?.Pid, Name = System.IO.Path.GetFileName(pin.Path), Path = pin.Path };
        }
        return [.. found.Values];
    }

    /// <summary>Runs <paramref name="work"/> inside the namespace and returns its result; what it throws is thrown here. Needs CAP_SYS_ADMIN.</summary>
    /// <remarks>A namespace belongs to a thread. The thread is a new one and ends afterwards, for a thread that stayed in another namespace,
    /// above all one of the pool, would run foreign code there. Sockets made inside stay in the namespace. /proc/net shows
    /// the main thread's namespace even inside: use /proc/thread-self/net. What it costs counts as the caller's: <see cref="Clock.ThreadCpu"/>.</remarks>
    /// <exception cref="KernelException">The namespace is gone, or setns is not allowed.</exception>
    public T Run<T>(Func<T> work)
    {
        T result = default!;
        TimeSpan used = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using Fd fd = Fd.Open(Path);
                KernelException.Check(Libc.setns(fd, Libc.CLONE_NEWNET), "setns", Path);
                result = work();
            }
#pragma warning disable CA1031 // Everything is rethrown on the caller's thread; an exception that left this one would end the program.
            catch (Exception error)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
            used = Clock.ThreadCpu();
        })
        { Name = $"netns {Inode}", IsBackground = true };
        thread.Start();
        thread.Join();
        Clock.Charge(used);
        failure?.Throw();
        return result;
    }

    /// <inheritdoc cref="Run{T}"/>
    public void Run(Action work) => Run(() =>
    {
        work();
        return 0;
    });
}
