using System.Net;
using System.Net.Sockets;

namespace Tcpwhy.Filtering;

/// <summary>Turns the names in a filter into what sockets carry. Each is looked up only when a filter has such a name.</summary>
public sealed record FilterNames
{
    /// <summary>The names that this host knows.</summary>
    public static readonly FilterNames OfThisHost = new()
    {
        Services = () => ReadServices(ReadLines("/etc/services")),
        Namespaces = () => ReadNamespaces(ReadLines("/proc/self/mountinfo")),
        Addresses = Resolve,
    };

    /// <summary>Ports by the name of a TCP service, as https.</summary>
    public required Func<IReadOnlyDictionary<string, int>> Services { get; init; }

    /// <summary>Inode numbers of network namespaces by the name that <c>ip netns</c> gave them.</summary>
    public required Func<IReadOnlyDictionary<string, uint>> Namespaces { get; init; }

    /// <summary>The addresses of a host name; none when there is no such host.</summary>
    public required Func<string, IPAddress[]> Addresses { get; init; }

    /// <summary>Reads the lines of services(5): <c>https 443/tcp alias # comment</c>.</summary>
    internal static Dictionary<string, int> ReadServices(IEnumerable<string> lines)
    {
        var ports = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines)
        {
            string[] words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !words[1].EndsWith("/tcp", StringComparison.Ordinal) || !ushort.TryParse(words[1].AsSpan(0, words[1].Length - 4), out ushort port))
                continue;
            foreach (string name in words.Where((_, i) => i != 1))
                ports.TryAdd(name, port);
        }
        return ports;
    }

    /// <summary>Finds what <c>ip netns</c> mounted in proc_pid_mountinfo(5): <c>36 25 0:4 net:[4026532281] /run/netns/blue rw - nsfs nsfs rw</c>.</summary>
    internal static Dictionary<string, uint> ReadNamespaces(IEnumerable<string> lines)
    {
        var inodes = new Dictionary<string, uint>();
        foreach (string line in lines)
        {
            if (line.Split(' ') is [_, _, _, ['n', 'e', 't', ':', '[', .. var number, ']'], var mount, ..] && uint.TryParse(number, out uint inode))
                inodes.TryAdd(Path.GetFileName(mount), inode);
        }
        return inodes;
    }

    private static IPAddress[] Resolve(string name)
    {
        try
        {
            return Dns.GetHostAddresses(name);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            return [];
        }
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
