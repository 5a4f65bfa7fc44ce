using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Xunit;

namespace Tcpwhy.Tests.Kernel.Proc;

public class ProcReaderTests
{
    private static readonly ProcFs proc = KernelFixture.Proc;
    private static readonly ProcFs empty = new(Path.Combine(Path.GetTempPath(), "no-such-proc"));

    [Fact]
    public void Counters_have_nstats_names()
    {
        Dictionary<string, long> counters = NetCounters.Read(proc, 4242);
        Assert.Contains("TcpActiveOpens", counters.Keys);
        Assert.Contains("TcpExtListenOverflows", counters.Keys);
        Assert.Contains("IpInReceives", counters.Keys);
        Assert.Contains("IpExtInOctets", counters.Keys);
        Assert.Equal(-1, counters["TcpMaxConn"]);
    }

    [Fact]
    public void Socket_counts_come_from_both_families() =>
        Assert.Equal(new SocketCounts(InUse: 23, InUse6: 11, Orphans: 2, TimeWait: 31, Allocated: 57, MemoryPages: 17), SocketCounts.Read(proc, 4242));

    [Fact]
    public void Softnet_lines_name_their_cpu() =>
        Assert.Equal([new SoftnetStat(0, 15, 0, 0), new SoftnetStat(3, 3032, 11, 3)], SoftnetStat.Read(proc));

    [Fact]
    public void Interfaces_are_told_by_name() =>
        Assert.Equal([new NetDevice("lo", 1001, 0, 0, 1001, 0, 0), new NetDevice("eth0", -1, 3, 5, 830011, 7, 13), new NetDevice("eth0:1", 17, 0, 0, 19, 0, 0)], NetDevice.Read(proc));

    [Fact]
    public void Conntrack_sums_cpus_but_not_the_table()
    {
        Dictionary<string, long> sums = ConntrackStat.Read(proc, 4242)!;
        Assert.Equal(29, sums["entries"]);
        Assert.Equal(17, sums["invalid"]);
        Assert.Equal(7, sums["insert_failed"]);
        Assert.Equal(11, sums["drop"]);
        Assert.Equal(1, sums["early_drop"]);
    }

    [Fact]
    public void File_limit_is_read() => Assert.Equal(new FileLimit(1024, 524288), FileLimit.Read(proc, 4242));

    [Fact]
    public void Process_is_read_whole()
    {
        ProcessEntry process = ProcessEntry.Read(proc, 4242)!;
        Assert.Equal("my (odd) name", process.Comm);
        Assert.Equal(1, process.ParentPid);
        Assert.Equal(356045, process.StartTicks);
        Assert.Equal("/usr/sbin/nginx", process.Exe);
        Assert.Equal(["nginx", "-g", "daemon off;"], process.CommandLine);
        Assert.Equal("3f4e0a6c1b2d", process.Container);
        Assert.Equal(4026531833, process.NetworkNamespace);
    }

    [Fact]
    public void Socket_belongs_to_the_first_process_that_holds_it()
    {
        Dictionary<ulong, int> owners = Descriptors.SocketOwners(proc, out int unreadable);
        Assert.Equal([1009UL, 1013UL], owners.Keys.Order().ToArray());
        Assert.Equal(4242, owners[1013]);
        Assert.Equal(0, unreadable);
    }

    [Fact]
    public void Namespaces_are_listed_once()
    {
        List<NetworkNamespace> namespaces = NetworkNamespace.List(proc);
        Assert.Equal(
        [
            new NetworkNamespace(4026531833) { Pid = 4242, Path = proc.Path("4242/ns/net") },
            new NetworkNamespace(4026532999) { Pid = 4343, Name = "blue", Path = "/run/netns/blue" },
            new NetworkNamespace(4026533333) { Name = "pinned", Path = "/run/netns/pinned" },
        ], namespaces);
    }

    [Fact]
    public void What_is_absent_is_null_or_empty()
    {
        Assert.Empty(NetCounters.Read(empty));
        Assert.Null(SocketCounts.Read(empty));
        Assert.Empty(SoftnetStat.Read(empty));
        Assert.Empty(NetDevice.Read(empty));
        Assert.Null(ConntrackStat.Read(empty));
        Assert.Null(FileLimit.Read(empty, 1));
        Assert.Null(ProcessEntry.Read(empty, 1));
        Assert.Null(new Sysctl(empty).Number("net.ipv4.tcp_rmem"));
        Assert.Empty(Mount.List(empty));
    }

    [Fact]
    public void What_cannot_be_read_throws()
    {
        var error = Assert.Throws<KernelException>(() => proc.ReadText("4242/fd"));
        Assert.Equal(21, error.Errno);
        Assert.StartsWith("read(", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void This_process_reads_itself()
    {
        var real = new ProcFs();
        ProcessEntry self = ProcessEntry.Read(real, Environment.ProcessId)!;
        Assert.Equal(real.OwnNetworkNamespace(), self.NetworkNamespace);
        Assert.Contains(Environment.ProcessId, real.Pids());
        Assert.True(FileLimit.Read(real, Environment.ProcessId)!.Value.Soft > 0);
        Assert.True(NetCounters.Read(real).Count > 100);
    }

    [Fact]
    public void Damaged_files_are_refused()
    {
        Mutate("proc/4242/net/snmp", text => NetCounters.Parse(text, []));
        Mutate("proc/4242/net/sockstat", text => SocketCounts.Value(text, "TCP:", "mem"));
        Mutate("proc/net/softnet_stat", text => SoftnetStat.Parse(text));
        Mutate("proc/thread-self/net/dev", text => NetDevice.Parse(text));
        Mutate("proc/4242/net/stat/nf_conntrack", text => ConntrackStat.Parse(text));
        Mutate("proc/4242/limits", text => FileLimit.Parse(text));
        Mutate("proc/4242/stat", text => ProcessEntry.ParseStat(text));
        Mutate("proc/4242/cgroup", text => ContainerId.FromCgroup(ProcessEntry.ParseCgroup(text)));
        Mutate("proc/thread-self/mountinfo", text => Mount.Parse(text));
    }

    private static void Mutate(string file, Action<string> parse) =>
        Mutation.Survives(System.Text.Encoding.UTF8.GetBytes(KernelFixture.Text(file)), bytes => parse(System.Text.Encoding.UTF8.GetString(bytes)), rounds: 300);
}
