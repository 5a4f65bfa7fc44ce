using System.Net;
using System.Net.Sockets;
using Tcpwhy.Model;

namespace Tcpwhy.Lab;

/// <summary>Three machines in a row, client – router – server, in throw-away network namespaces of their own.</summary>
public sealed class Network : IAsyncDisposable
{
    readonly string _name;
    readonly string[] _executable;
    readonly List<IAsyncDisposable> _processes = [];
    int _removed;

    Network(int slot, string? executable)
    {
        _name = NetworkNames.Of(Environment.ProcessId, slot);
        _executable = Actor.Words(executable);
        string v4 = $"10.{64 + slot}", v6 = $"fd00:7c:{slot:x}";
        Client = new Host($"{_name}-c", IPAddress.Parse($"{v4}.1.2"), IPAddress.Parse($"{v6}:1::2"));
        Router = new Host($"{_name}-r", IPAddress.Parse($"{v4}.1.1"), IPAddress.Parse($"{v6}:1::1"));
        Server = new Host($"{_name}-s", IPAddress.Parse($"{v4}.2.2"), IPAddress.Parse($"{v6}:2::2"));
        Directory = NetworkNames.Directory(_name);
    }

    public Host Client { get; }

    /// <summary>Forwards between the two others; its address is the one that the client sees.</summary>
    public Host Router { get; }
    public Host Server { get; }

    /// <summary>A container that can be removed while the rest stands, once <see cref="AddPodAsync"/> has made it.</summary>
    public Host? Pod { get; private set; }

    /// <summary>Every machine of the network.</summary>
    public IReadOnlyList<Host> Hosts => Pod is null ? [Client, Router, Server] : [Client, Router, Server, Pod];

    /// <summary>A directory for configuration files, removed with the network.</summary>
    public string Directory { get; }

    /// <summary>Makes a network; <paramref name="executable"/> is the program that knows <c>lab-actor</c> (a .dll is run by dotnet), by default this one.</summary>
    /// <exception cref="RequirementMissingException">Not root, or ip, nft or sysctl is missing.</exception>
    public static async Task<Network> CreateAsync(string? executable = null, CancellationToken ct = default)
    {
        Requirements.Check(Requirements.Network);
        RemoveLeftovers();
        var network = new Network(NetworkNames.FreeSlot(), executable);
        NetworkRemoval.Watch(network);
        try
        {
            await network.BuildAsync(ct);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Removes what runs that crashed have left: namespaces, processes and directories whose maker is no longer alive.</summary>
    public static void RemoveLeftovers()
    {
        GlobalSetting.RestoreLeftovers();
        foreach (string name in NetworkNames.Leftovers())
            NetworkRemoval.Remove(name);
    }

    /// <summary>Starts a process on one of the machines, which takes the given name and does what it is told.</summary>
    public async Task<Actor> StartActorAsync(Host host, string name, CancellationToken ct)
    {
        var actor = await Actor.StartAsync(host, name, _executable, ct);
        lock (_processes)
            _processes.Add(actor);
        return actor;
    }

    /// <summary>Starts a real program (a proxy, a web server) on one of the machines and waits until it listens on <paramref name="port"/>.</summary>
    public async Task<Daemon> StartDaemonAsync(Host host, IReadOnlyList<string> command, int port, CancellationToken ct)
    {
        var daemon = Daemon.Start(host, command);
        lock (_processes)
            _processes.Add(daemon);
        await daemon.ListensAsync(port, ct);
        return daemon;
    }

    /// <summary>Makes the way to a service long: the router holds each segment to it, and from it, for so long.</summary>
    internal async Task LengthenAsync(Endpoint service, TimeSpan oneWay, CancellationToken ct)
    {
        Actor delay = await StartActorAsync(Router, "long-way", ct);
        await delay.DelayAsync("way0", oneWay, ct);
        // What comes back from the device finds the main routes.
        await Router.SetAsync(["net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.way0.rp_filter=0"], ct);
        string family = service.Address.AddressFamily == AddressFamily.InterNetworkV6 ? "-6" : "-4";
        await Command.RunAsync(Router.Inside("ip", family, "-batch", "-"), $"""
            link set way0 up
            route add default dev way0 table 100
            rule add iif client ipproto tcp dport {service.Port} lookup 100 priority 90
            rule add iif server ipproto tcp sport {service.Port} lookup 100 priority 90

            """, ct);
    }

    /// <summary>A second way between client and server that goes round the router; nothing takes it until a route leads there.</summary>
    /// <returns>The ends of the way: the client's address on it, and the server's.</returns>
    internal async Task<(IPAddress Client, IPAddress Server)> GoRoundAsync(bool ipv6, CancellationToken ct)
    {
        IPAddress client = OnWayRound(Client.Address(ipv6), 1), server = OnWayRound(Client.Address(ipv6), 2);
        int length = ipv6 ? 64 : 24;
        await Command.RunAsync(["ip", "link", "add", "round0", "netns", Client.Name, "type", "veth", "peer", "name", "round0", "netns", Server.Name], null, ct);
        foreach ((Host host, IPAddress address) in new[] { (Client, client), (Server, server) })
        {
            await Command.RunAsync(["ip", "-n", host.Name, "-batch", "-"], $"link set round0 up\naddress add {address}/{length} dev round0{(ipv6 ? " nodad" : "")}\n", ct);
            await host.SetAsync(["net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.round0.rp_filter=0"], ct);
        }
        return (client, server);
    }

    /// <summary>A second way from the client to the router, which connections from its address take (device eth1 there, client1 at the router).</summary>
    internal async Task<IPAddress> AddSecondWayAsync(bool ipv6, CancellationToken ct)
    {
        IPAddress address = InSubnet(Client.Address(ipv6), 5, 2);
        int length = ipv6 ? 64 : 24;
        string family = ipv6 ? "-6" : "-4", duplicates = ipv6 ? " nodad" : "";
        await Command.RunAsync(["ip", "link", "add", "eth1", "netns", Client.Name, "type", "veth", "peer", "name", "client1", "netns", Router.Name], null, ct);
        await Command.RunAsync(["ip", "-n", Router.Name, "-batch", "-"], $"link set client1 up\naddress add {Gateway(address)}/{length} dev client1{duplicates}\n", ct);
        await Command.RunAsync(["ip", "-n", Client.Name, family, "-batch", "-"], $"link set eth1 up\naddress add {address}/{length} dev eth1{duplicates}\nroute add default via {Gateway(address)} table 51\nrule add from {address} lookup 51 priority 51\n", ct);
        return address;
    }

    /// <summary>A namespace of its own behind the router, as a container's.</summary>
    internal async Task<Host> AddPodAsync(CancellationToken ct)
    {
        Host pod = Pod = new Host($"{_name}-p", InSubnet(Client.Ipv4, 4, 2), InSubnet(Client.Ipv6, 4, 2));
        await Command.RunAsync(["ip", "netns", "add", pod.Name], null, ct);
        await pod.SetAsync(["net.ipv6.conf.all.accept_dad=0", "net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.default.accept_ra=0"], ct);
        await Command.RunAsync(["ip", "link", "add", "eth0", "netns", pod.Name, "type", "veth", "peer", "name", "pod", "netns", Router.Name], null, ct);
        await Command.RunAsync(["ip", "-n", Router.Name, "-batch", "-"], $"link set pod up\naddress add {Gateway(pod.Ipv4)}/24 dev pod\naddress add {Gateway(pod.Ipv6)}/64 dev pod nodad\n", ct);
        await AddressAsync(pod, ("eth0", pod.Ipv4, pod.Ipv6), null, ct);
        await pod.ReadNetnsAsync(ct);
        return pod;
    }

    static IPAddress OnWayRound(IPAddress client, byte number) => InSubnet(client, 3, number);

    /// <summary>An address of another of the network's subnets.</summary>
    static IPAddress InSubnet(IPAddress client, byte subnet, byte number)
    {
        byte[] bytes = client.GetAddressBytes();
        bytes[bytes.Length == 4 ? 2 : 7] = subnet;
        bytes[^1] = number;
        return new IPAddress(bytes);
    }

    async Task BuildAsync(CancellationToken ct)
    {
        System.IO.Directory.CreateDirectory(Directory);
        foreach (Host host in new[] { Client, Router, Server })
            await Command.RunAsync(["ip", "netns", "add", host.Name], null, ct);
        // Without this a link-local address is tentative for 2 s, no neighbour answers, and SYNs are lost.
        foreach (Host host in new[] { Client, Router, Server })
            await host.SetAsync(["net.ipv6.conf.all.accept_dad=0", "net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.default.accept_ra=0"], ct);
        // Made straight inside the namespaces: nothing ever appears on the host itself.
        await Command.RunAsync(["ip", "-batch", "-"], $"""
            link add eth0 netns {Client.Name} type veth peer name client netns {Router.Name}
            link add eth0 netns {Server.Name} type veth peer name server netns {Router.Name}

            """, ct);
        await Router.SetAsync(["net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"], ct);
        await AddressAsync(Router, ("client", Router.Ipv4, Router.Ipv6), ("server", Gateway(Server.Ipv4), Gateway(Server.Ipv6)), ct);
        await AddressAsync(Client, ("eth0", Client.Ipv4, Client.Ipv6), null, ct);
        await AddressAsync(Server, ("eth0", Server.Ipv4, Server.Ipv6), null, ct);
        foreach (Host host in new[] { Client, Router, Server })
            await host.ReadNetnsAsync(ct);
    }

    static async Task AddressAsync(Host host, (string Device, IPAddress V4, IPAddress V6) first, (string Device, IPAddress V4, IPAddress V6)? second, CancellationToken ct)
    {
        var lines = new List<string> { "link set lo up" };
        foreach (var (device, v4, v6) in second is { } other ? [first, other] : new[] { first })
        {
            lines.Add($"link set {device} up");
            lines.Add($"address add {v4}/24 dev {device}");
            lines.Add($"address add {v6}/64 dev {device} nodad");
            if (second is null)
            {
                lines.Add($"route add default via {Gateway(v4)}");
                lines.Add($"route add ::/0 via {Gateway(v6)}");
            }
        }
        await Command.RunAsync(["ip", "-n", host.Name, "-batch", "-"], string.Join('\n', lines) + "\n", ct);
    }

    /// <summary>The router's address on the side of one of the others.</summary>
    internal static IPAddress Gateway(Host host, bool ipv6) => Gateway(host.Address(ipv6));

    static IPAddress Gateway(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        bytes[^1] = 1;
        return new IPAddress(bytes);
    }

    /// <summary>Ends the processes, the last started first and without a reset, and removes the namespaces.</summary>
    public async ValueTask DisposeAsync()
    {
        // A socket whose peer is unreachable would go on to send its FIN for 100 s, and keep its namespace alive so long.
        if (_processes.Count > 0 && Volatile.Read(ref _removed) == 0)
            foreach (Host host in new[] { Client, Server })
                await host.SetAsync(["net.ipv4.tcp_orphan_retries=1"], CancellationToken.None);
        foreach (IAsyncDisposable process in Enumerable.Reverse(_processes))
            await process.DisposeAsync();
        RemoveNow();
        NetworkRemoval.Unwatch(this);
    }

    internal void RemoveNow()
    {
        if (Interlocked.Exchange(ref _removed, 1) == 0)
            NetworkRemoval.Remove(_name);
    }
}
