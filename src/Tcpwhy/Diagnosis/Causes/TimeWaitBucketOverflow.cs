using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>More connections wait in TIME_WAIT than the namespace may keep there, so that those closed next are forgotten at once.</summary>
public sealed class TimeWaitBucketOverflow : Cause
{
    public override string Id => "time-wait-bucket-overflow";
    public override bool Breaks => false;

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken is not { WithoutRoom: > 0 and var missed, Waiting: { } most })
            return null;
        bool client = most.Opener == Opener.Local;
        TimeWaitTable table = TimeWaitTable.Of(world, most.Netns, most.Buckets?.Limit);
        int late = world.Limits.LateFins(most.Netns);
        string closer = client ? Phrases.Client(broken) : world.Servant(broken) is { } server ? Phrases.Process(server) : Phrases.Server(broken);
        return new Verdict(this, broken)
            .For(0.9, true, "connections for which TIME_WAIT had no room", Phrases.Bytes(missed), "TCPTimeWaitOverflow")
            .For(0.6, most.Buckets is { IsNear: true }, "sockets in TIME_WAIT in the namespace", $"{most.Buckets}", TimeWaitTable.Setting)
            .For(0.3, most.Count > 0, "most of them of this service or destination", Phrases.Bytes(most.Count), "inet_diag")
            .For(0.2, late > 0, "FINs of peers that met no socket there, and were answered with a reset", Phrases.Bytes(late), "tcp:tcp_send_reset")
            .For(0.3, table is { Usual: > 0, IsLowered: true }, "fewer than the kernel chose by itself", Phrases.Bytes(table.Usual), "net.ipv4.tcp_ehash_entries")
            .Weighs(table.IsLowered ? Severity.Warning : Severity.Info)
            .Blames(Fault.Host, toldByClient: client)
            .By(client ? null : world.Servant(broken))
            .Tells("closer", closer)
            .Tells("limit", table.Limit > 0 ? Phrases.Bytes(table.Limit) : TimeWaitTable.Setting)
            .Tells("netns", $"{most.Netns}")
            .Remedy("application", "pool")
            .Remedy("sysctl", "max-buckets", TimeWaitTable.Setting, table.Limit > 0 ? $"{table.Limit}" : null, table.Roomier)
            .Remedy("application", "other-end");
    }
}
