using System.Net.Sockets;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;

namespace Tcpwhy.Tuning;

/// <summary>What is tuned: the host, or one network namespace of it.</summary>
public sealed class Target
{
    private const int SOL_SOCKET = 1;
    private const int SO_NETNS_COOKIE = 71;
    private readonly NetworkNamespace? _entered;

    private Target(NetworkNamespace? entered, string name, bool isHost)
    {
        (_entered, Name, IsHost) = (entered, name, isHost);
        Path = entered?.Path;
    }

    /// <summary>"host", or the namespace's name or path as it was given.</summary>
    public string Name { get; }

    /// <summary>Whether it is the host's first namespace, where settings of the whole host can be written and last beyond a reboot.</summary>
    public bool IsHost { get; }

    /// <summary>A file that setns(2) takes; null for our own namespace.</summary>
    public string? Path { get; }

    /// <summary>Inode number of the network namespace.</summary>
    public uint Netns { get; private init; }

    /// <summary>The kernel's number for the namespace, never given twice until the host reboots; 0 before Linux 5.14.</summary>
    public ulong Cookie { get; private init; }

    /// <summary>Names the target in file names: inode numbers are given again, cookies are not.</summary>
    public string Key => IsHost ? "host" : Cookie != 0 ? $"netns-{Cookie}" : $"netns-inode-{Netns}";

    /// <summary>The namespace that <paramref name="given"/> names, as `ip netns` does or by its path; the host when null.</summary>
    /// <exception cref="ToolException">There is no such namespace, or we may not enter it.</exception>
    public static Target Find(ProcFs proc, string? given)
    {
        uint own = proc.OwnNetworkNamespace() ?? 0;
        if (given is null && (proc.NetworkNamespace(1) is not { } first || first == own))
            return new Target(null, "host", isHost: true) { Netns = own, Cookie = ReadCookie() };
        string path = given is null ? proc.Path($"{Environment.ProcessId}/ns/net") : given.Contains('/') ? given : $"/run/netns/{given}";
        if (given is null && NetworkNamespace.List(proc).Find(one => one.Inode == own) is { } listed)
            path = listed.Path;
        if (!File.Exists(path))
            throw new ToolException($"no network namespace is called '{given}': there is no {path}", ExitCode.Usage);
        return At(path, given ?? path, proc);
    }

    /// <summary>The namespace that a file stands for.</summary>
    /// <exception cref="ToolException">It stands for none, or we may not enter it.</exception>
    public static Target At(string path, string name, ProcFs proc)
    {
        var entered = new NetworkNamespace(0) { Path = path };
        try
        {
            (uint netns, ulong cookie) = entered.Run(() => (proc.OwnNetworkNamespace() ?? 0, ReadCookie()));
            return new Target(new NetworkNamespace(netns) { Path = path }, name, isHost: false) { Netns = netns, Cookie = cookie };
        }
        catch (KernelException refused) when (refused.Errno is Errno.EINVAL or Errno.ENOENT)
        {
            throw new ToolException($"{path} is no network namespace", ExitCode.Usage);
        }
    }

    /// <summary>Runs something inside the namespace.</summary>
    public T Run<T>(Func<T> work) => _entered is null ? work() : _entered.Run(work);

    /// <inheritdoc cref="Run{T}"/>
    public void Run(Action work)
    {
        if (_entered is null)
            work();
        else
            _entered.Run(work);
    }

    private static ulong ReadCookie()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            Span<byte> cookie = stackalloc byte[sizeof(ulong)];
            return socket.GetRawSocketOption(SOL_SOCKET, SO_NETNS_COOKIE, cookie) == sizeof(ulong) ? BitConverter.ToUInt64(cookie) : 0;
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
