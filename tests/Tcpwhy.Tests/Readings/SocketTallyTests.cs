using System.Net;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Pools;
using Tcpwhy.Readings;
using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.Tests.Readings;

public class SocketTallyTests
{
    private const byte Established = 1, TimeWait = 6, CloseWait = 8, Listen = 10;
    private static readonly PortRange range = new(28_232, false) { Low = 32_768, High = 60_999 };
    private readonly SocketOwners _owners = new(new ProcFs("/nonexistent"));
    private readonly SocketTally _tally = new();

    [Fact]
    public void Each_socket_counts_where_it_belongs()
    {
        Fill();

        Assert.Equal(29, _tally.Connections);
        Assert.Equal([new(TcpState.Established, 18), new(TcpState.TimeWait, 9), new(TcpState.CloseWait, 2), new(TcpState.Listen, 1)], _tally.ByState());
        Assert.Equal([new PortCount(443, 10, 7, new ProcessInfo(812, "nginx"))], _tally.ByPort(5, Named));
        Assert.Equal([new PeerCount(IPAddress.Parse("10.0.9.8"), 19, 11), new PeerCount(IPAddress.Parse("10.0.3.4"), 10, 7)], _tally.ByPeer(5));
        Assert.Equal([new ProcessCount(new ProcessInfo(4312, "java"), 13, 11, 2), new ProcessCount(new ProcessInfo(812, "nginx"), 7, 7, 0)], _tally.ByProcess(Named));
        ListenerReading listener = Assert.Single(_tally.Listeners(5, Named));
        Assert.Equal((3L, 511L, 10), (listener.Waiting, listener.Backlog, listener.Connections));
    }

    [Fact]
    public void Local_ports_are_counted_per_destination_and_within_the_range()
    {
        Fill();

        LocalPortUse use = Assert.Single(_tally.PortUses(5, _ => range));
        Assert.Equal(new Endpoint(IPAddress.Parse("10.0.9.8"), 5432), use.Destination);
        Assert.Equal((17, 6, 28_232), (use.Used, use.TimeWait, use.Available));
    }

    [Fact]
    public void Time_wait_concentrates_on_a_destination_or_on_a_port_of_ours()
    {
        Fill();

        Assert.Equal(
            [(new Endpoint(IPAddress.Parse("10.0.9.8"), 5432), 0, 6), (Endpoint.None, 443, 3)],
            _tally.TimeWaits(5).Select(one => (one.Remote, one.Service, one.Count)));
    }

    [Fact]
    public void A_look_forgets_the_one_before()
    {
        Fill();
        _tally.Clear();
        Fill();

        Assert.Equal(29, _tally.Connections);
        Assert.Equal(10, Assert.Single(_tally.Listeners(5, Named)).Connections);
    }

    [Fact]
    public void Only_the_heaviest_are_kept()
    {
        var top = new Top<int>(3);
        foreach (int weight in (int[])[5, 1, 9, 7, 2, 8])
            top.Offer(weight, weight);

        Assert.Equal([7, 8, 9], top.Items().Order());
    }

    [Theory]
    [InlineData("0.42 0.38 0.30 2/812 4312\n", 0.42)]
    [InlineData("nonsense", null)]
    [InlineData(null, null)]
    public void Load_is_read_or_absent(string? text, double? one) => Assert.Equal(one, HostReader.ReadLoad(text)?.One);

    [Fact]
    public void Rates_are_what_moved_by_the_time_it_took()
    {
        TcpRates rates = CounterMeter.Rates(new Dictionary<string, long> { ["TcpActiveOpens"] = 31, ["TcpOutSegs"] = 200, ["TcpRetransSegs"] = 10 }, TimeSpan.FromSeconds(2));

        Assert.Equal((15.5, 0.0, 0.05), (rates.Opened, rates.Accepted, rates.RetransmitShare));
    }

    // Primes: 7 + 3 of clients, 11 + 6 + 2 towards a destination, of which 2 leave from outside the range.
    private void Fill()
    {
        SocketOwner nginx = _owners.Owner(812, "nginx"u8), java = _owners.Owner(4312, "java"u8);
        Add(1, Listen, "0.0.0.0:443", "0.0.0.0:0", nginx);
        Add(7, Established, "10.0.0.5:443", "10.0.3.4:1000", nginx);
        Add(3, TimeWait, "10.0.0.5:443", "10.0.3.4:1000", null);
        Add(11, Established, "10.0.0.5:40000", "10.0.9.8:5432", java);
        Add(6, TimeWait, "10.0.0.5:40000", "10.0.9.8:5432", null);
        Add(2, CloseWait, "10.0.0.5:1023", "10.0.9.8:5432", java);
    }

    private void Add(int count, byte state, string local, string remote, SocketOwner? owner)
    {
        (IPEndPoint here, IPEndPoint there) = (IPEndPoint.Parse(local), IPEndPoint.Parse(remote));
        for (int i = 0; i < count; i++)
        {
            var row = new SocketRow
            {
                netns = 17,
                family = 2,
                state = state,
                local_port = (ushort)(here.Port + (here.Port == 40000 ? i : 0)),
                remote_port = (ushort)(there.Port == 1000 ? there.Port + i : there.Port),
                recv_queue = state == Listen ? 3u : 0,
                send_queue = state == Listen ? 511u : 0,
            };
            here.Address.TryWriteBytes(row.local, out _);
            there.Address.TryWriteBytes(row.remote, out _);
            _tally.Add(new TcpSocket(in row, owner, 0), range);
        }
    }

    private static ProcessInfo Named(SocketOwner owner) => new(owner.Pid, owner.Comm);
}
