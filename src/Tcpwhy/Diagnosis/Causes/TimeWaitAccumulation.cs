using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>Sockets pile up in TIME_WAIT at the end that closes first: harmless, until the local ports towards one destination, or the room in the table, run out.</summary>
public sealed class TimeWaitAccumulation : Cause
{
    private const string Reuse = "net.ipv4.tcp_tw_reuse";

    /// <summary>Below this nobody would ask what they are.</summary>
    private const int Many = 500;

    public override string Id => "time-wait-accumulation";
    public override bool Breaks => false;
    public override IReadOnlyList<string> YieldsTo => ["time-wait-bucket-overflow"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Waiting is not { State: TcpState.TimeWait, Count: > 0 } closed || broken.WithoutRoom > 0)
            return null;
        bool client = closed.Opener == Opener.Local;
        // Of a destination for which no port is left that is said, and of a table without room that.
        if (client && world.Limits.DidPortsRunOut(closed.Netns, closed.Remote))
            return null;
        bool reused = client && IsReused(world.Setting(closed.Netns, Reuse), closed);
        bool ports = client && !reused && closed.Ports is { IsNear: true } taken && 2L * closed.Count >= taken.Taken;
        bool full = world.Moved(closed.Netns, "TcpExtTCPTimeWaitOverflow", DateTimeOffset.MinValue) > 0;
        TimeWaitTable most = TimeWaitTable.Of(world, closed.Netns, closed.Buckets?.Limit);
        bool table = !full && most.IsLowered && closed.Buckets is { IsNear: true } room && 4L * closed.Count >= room.Taken;
        if (!ports && !table && (full || closed.Count < Many))
            return null;
        ProcessInfo? server = client ? null : world.Servant(broken);
        Verdict verdict = new Verdict(this, broken)
            .For(0.9, true, "sockets in TIME_WAIT", Phrases.Bytes(closed.Count), "inet_diag")
            .For(0.8, ports, "local ports taken towards this destination", $"{closed.Ports}", "net.ipv4.ip_local_port_range")
            .For(0.8, table, "sockets in TIME_WAIT in the namespace", $"{closed.Buckets}", TimeWaitTable.Setting)
            .For(0.5, !ports && !table && Room(closed).Length > 0, "taken of each limit, so that there is room", Room(closed), "inet_diag")
            .For(0.3, !ports && !table && reused, "ports in TIME_WAIT that a new connection may take", $"tcp_tw_reuse {world.Setting(closed.Netns, Reuse)}", Reuse)
            .Weighs(ports || table ? Severity.Warning : Severity.Info)
            .Blames(client ? Fault.Client : Fault.Server, toldByClient: client)
            .By(server)
            .Tells("closer", client ? Phrases.Client(broken) : server is not null ? Phrases.Process(server) : Phrases.Server(broken))
            .Tells("room", Room(closed))
            .Remedy("application", "pool");
        if (ports)
            verdict.Remedy("sysctl", "tw-reuse", Reuse, world.Setting(closed.Netns, Reuse), "1");
        if (table)
            verdict.Remedy("sysctl", "max-buckets", TimeWaitTable.Setting, $"{most.Limit}", most.Roomier);
        return ports || table ? verdict : verdict.Remedy("application", "leave-alone");
    }

    /// <summary>How near both limits are, the same in every language.</summary>
    private static string Room(SocketsWaiting closed)
    {
        List<string> room = [];
        if (closed.Ports is { } ports)
            room.Add($"ip_local_port_range {Phrases.Bytes(ports.Taken)}/{Phrases.Bytes(ports.Limit)}");
        if (closed.Buckets is { } buckets)
            room.Add($"tcp_max_tw_buckets {Phrases.Bytes(buckets.Taken)}/{Phrases.Bytes(buckets.Limit)}");
        return string.Join(", ", room);
    }

    /// <summary>Whether a new connection to the same destination may take a port that is in TIME_WAIT: a second later, when the setting is 1, and by default, 2, on loopback.</summary>
    private static bool IsReused(string? setting, SocketsWaiting closed) =>
        setting == "1" || setting == "2" && IPAddress.IsLoopback(closed.Remote.Address) && IPAddress.IsLoopback(closed.Local.Address);
}
