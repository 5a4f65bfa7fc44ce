using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tcpwhy.Model;

namespace Tcpwhy.Lab;

/// <summary>One machine of the lab: a network namespace with its addresses, settings, firewall and counters.</summary>
public sealed class Host
{
    internal Host(string name, IPAddress ipv4, IPAddress ipv6) => (Name, Ipv4, Ipv6) = (name, ipv4, ipv6);

    /// <summary>The namespace's name, as <c>ip netns list</c> shows it.</summary>
    public string Name { get; }
    public IPAddress Ipv4 { get; }
    public IPAddress Ipv6 { get; }

    /// <summary>The namespace's inode number, as in /proc/PID/ns/net.</summary>
    public uint Netns { get; private set; }

    /// <summary>The address of the family that is asked for.</summary>
    public IPAddress Address(bool ipv6) => ipv6 ? Ipv6 : Ipv4;

    /// <summary>The words that run <paramref name="command"/> inside the namespace.</summary>
    internal string[] Inside(params IEnumerable<string> command) => ["ip", "netns", "exec", Name, .. command];

    /// <summary>Runs a program inside the namespace to its end and returns what it wrote.</summary>
    public Task<string> RunAsync(IEnumerable<string> command, CancellationToken ct) => Command.RunAsync(Inside(command), null, ct);

    /// <summary>Sets kernel settings of this namespace, each as <c>net.ipv4.tcp_retries2=3</c>.</summary>
    public Task SetAsync(IEnumerable<string> settings, CancellationToken ct) => RunAsync(["sysctl", "-qw", .. settings], ct);

    /// <summary>Sends connections to one service by a route of their own, as <c>default dev eth0</c>; with <paramref name="only"/> the main routes are no way out.</summary>
    public Task RouteServiceAsync(Endpoint service, string route, CancellationToken ct, bool only = false) =>
        RouteAsync(service, $"dport {service.Port}", route, only, ct);

    /// <summary>Sends the answers of one service by a route of their own.</summary>
    public Task RouteRepliesAsync(Endpoint service, string route, CancellationToken ct) =>
        RouteAsync(service, $"sport {service.Port}", route, only: false, ct);

    private Task<string> RouteAsync(Endpoint service, string match, string route, bool only, CancellationToken ct)
    {
        string family = service.Address.AddressFamily == AddressFamily.InterNetworkV6 ? "-6" : "-4";
        List<string> lines = [$"route add {route} table {service.Port}", $"rule add ipproto tcp {match} lookup {service.Port} priority 100"];
        // The table says "go on looking": without a route after it, that is an answer too.
        if (only)
            lines.Add($"rule add ipproto tcp {match} unreachable priority 101");
        return Command.RunAsync(Inside("ip", family, "-batch", "-"), string.Join('\n', lines) + "\n", ct);
    }

    /// <summary>Replaces this machine's firewall by the given nft rules on one hook (forward, input, output).</summary>
    public Task FilterAsync(string hook, IEnumerable<string> rules, CancellationToken ct) => Command.RunAsync(Inside("nft", "-f", "-"), $$"""
        table inet tcpwhy
        delete table inet tcpwhy
        table inet tcpwhy {
            chain lab {
                type filter hook {{hook}} priority 0; policy accept;
                {{string.Join("\n        ", rules)}}
            }
        }

        """, ct);

    /// <summary>Runs an nft script on this machine.</summary>
    internal Task NftAsync(string script, CancellationToken ct) => Command.RunAsync(Inside("nft", "-f", "-"), script, ct);

    /// <summary>Removes this machine's firewall.</summary>
    public Task UnfilterAsync(CancellationToken ct) =>
        Command.RunAsync(Inside("nft", "-f", "-"), "table inet tcpwhy\ndelete table inet tcpwhy\n", ct);

    /// <summary>The namespace's counters by name: <c>Tcp.OutRsts</c>, <c>TcpExt.ListenOverflows</c>.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountersAsync(CancellationToken ct)
    {
        string text = await RunAsync(["cat", "/proc/net/snmp", "/proc/net/netstat"], ct);
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var counters = new Dictionary<string, long>();
        foreach (string[] pair in lines.Chunk(2))
        {
            string[] names = pair[0].Split(' '), values = pair[1].Split(' ');
            for (int i = 1; i < names.Length; i++)
                counters[$"{names[0].TrimEnd(':')}.{names[i]}"] = long.Parse(values[i], CultureInfo.InvariantCulture);
        }
        return counters;
    }

    internal async Task ReadNetnsAsync(CancellationToken ct)
    {
        string link = await RunAsync(["readlink", "/proc/self/ns/net"], ct);
        Netns = uint.Parse(link.AsSpan(link.IndexOf('[') + 1, link.IndexOf(']') - link.IndexOf('[') - 1), NumberStyles.None);
    }
}
