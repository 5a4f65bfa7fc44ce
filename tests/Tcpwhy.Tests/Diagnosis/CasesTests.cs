using Tcpwhy.Diagnosis;
using Tcpwhy.Model;
using Xunit;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>Which events belong together, and which end is whose.</summary>
public class CasesTests
{
    private readonly Line _line = new();

    [Fact]
    public void Both_ends_and_the_path_between_are_one_case()
    {
        Case broken = One(_line.Dropped(0, "NETFILTER_DROP", TcpFlags.Psh), _line.Server.Closed(1, TcpState.Established), _line.Client.Got(2, TcpState.Established));

        Assert.Equal((1UL, 2UL), (broken.Client!.Socket, broken.Server!.Socket));
        Assert.Single(broken.Drops);
        Assert.Equal((_line.Client.Local, _line.Server.Local), (broken.ClientEndpoint, broken.ServerEndpoint));
    }

    [Fact]
    public void Without_an_opener_the_end_at_a_listeners_port_is_the_server()
    {
        LineEnd high = new Line(clientPort: 1024, servicePort: 50051).Server with { Opener = Opener.Unknown };
        StateChanged death = high.Closed(1, TcpState.Established, ServerDone);

        Assert.NotNull(One(Line.Listening(50051), death).Server);
        Assert.NotNull(One(death).Client);
    }

    [Fact]
    public void Without_a_listener_the_lower_port_is_the_server() =>
        Assert.NotNull(One((_line.Server with { Opener = Opener.Unknown }).Closed(1, TcpState.Established, ServerDone)).Server);

    [Fact]
    public void Who_sent_a_SYN_is_the_client_whatever_the_ports()
    {
        var line = new Line(clientPort: 25, servicePort: 8080);

        Assert.NotNull(One((line.Client with { Opener = Opener.Unknown }).Got(1, TcpState.SynSent, Calling)).Client);
    }

    [Fact]
    public void A_reset_without_a_socket_is_the_services_when_it_answers_a_SYN()
    {
        var line = new Line(clientPort: 80, servicePort: 50051);

        Assert.NotNull(One(line.Server.Refused(0, "NO_SOCKET", TcpFlags.Syn)).ServerRefusal);
        Assert.NotNull(One(line.Client.Got(0, TcpState.Established, ClientServed), line.Client.Refused(1, "NO_SOCKET", TcpFlags.Ack)).ClientRefusal);
        Assert.NotNull(One(line.Server.Closed(0, TcpState.Established, ServerDone), line.Server.Refused(1, "NO_SOCKET", TcpFlags.Ack)).ServerRefusal);
    }

    [Fact]
    public void A_case_waits_until_all_its_events_have_come()
    {
        var cases = new Cases(new World());
        cases.Observe(_line.Server.Closed(0, TcpState.Established));

        Assert.Empty(cases.Settled(Line.At(150)));
        cases.Observe(_line.Client.Got(160, TcpState.Established));
        Assert.Empty(cases.Settled(Line.At(300)));
        Assert.Single(cases.Settled(Line.At(361)));
        Assert.Empty(cases.Rest(Line.At(1000)));
    }

    [Fact]
    public void Drops_alone_are_nobodys_failure() => Assert.Empty(All(_line.Dropped(0, "NETFILTER_DROP", TcpFlags.Syn)));

    [Fact]
    public void A_SYN_still_repeated_at_the_end_is_a_case_and_one_that_went_through_is_none()
    {
        Retransmitted again = _line.Client.Again(0, TcpState.SynSent, 1, Calling with { RetransmitTimeoutMicroseconds = 1_000_000 });

        Assert.Single(new[] { again }.Aggregate(new Cases(new World()), Seen).Rest(Line.At(1500)));
        Assert.Empty(new[] { again }.Aggregate(new Cases(new World()), Seen).Rest(Line.At(5000)));
    }

    [Fact]
    public void Loopback_connections_of_two_namespaces_are_two()
    {
        LineEnd Local(uint netns) => _line.Client with { Netns = netns, Local = new(System.Net.IPAddress.Loopback, 40000), Remote = new(System.Net.IPAddress.Loopback, 80) };

        Assert.Equal(2, All(Local(1).Closed(0, TcpState.Established), Local(2).Closed(0, TcpState.Established)).Count);
    }

    /// <summary>A segment that is dropped at its very socket bears no namespace, though loopback addresses exist once in each; and its ports may mislead.</summary>
    [Fact]
    public void A_socket_that_is_found_gives_its_drops_a_namespace_and_a_direction()
    {
        Endpoint service = new(System.Net.IPAddress.Loopback, 50051), client = new(System.Net.IPAddress.Loopback, 1024);
        Dropped At(double at) => new() { Time = Line.At(at), Local = service, Remote = client, Reason = "SOCKET_BACKLOG", Flags = TcpFlags.Ack };
        SocketFound found = new() { Time = Line.At(1), Netns = 103, Socket = 7, Local = service, Remote = client, State = TcpState.Established, Sample = ServerDone with { Opener = Opener.Remote } };
        SocketFound far = found with { Netns = 104, Socket = 8, Remote = client with { Port = 1025 } };

        Case broken = One(At(0), far, found, At(2), (_line.Client with { Netns = 103, Local = client, Remote = service }).Closed(3, TcpState.Established, ClientServed));
        Assert.Equal((2, client, service, 103u), (broken.Drops.Count, broken.ClientEndpoint, broken.ServerEndpoint, broken.ServerNetns));
        Assert.Equal((7UL, 1UL), (broken.LivingServer!.Socket, broken.Client!.Socket));
    }

    private static Cases Seen(Cases cases, Event next)
    {
        cases.Observe(next);
        return cases;
    }

    private static Case One(params Event[] events) => Assert.Single(All(events));

    private static List<Case> All(params Event[] events)
    {
        var world = new World();
        var cases = new Cases(world);
        foreach (Event next in events)
        {
            world.Observe(next);
            cases.Observe(next);
        }
        return [.. cases.Rest(Line.At(60_000))];
    }
}
