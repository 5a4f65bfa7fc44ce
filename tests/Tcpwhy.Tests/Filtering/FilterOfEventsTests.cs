using System.Net;
using Tcpwhy.Model;
using Tcpwhy.Tests.Sources;
using Xunit;

namespace Tcpwhy.Tests.Filtering;

public class FilterOfEventsTests
{
    private static readonly Endpoint Client = new(IPAddress.Parse("10.0.3.4"), 41022);
    private static readonly Endpoint Server = new(IPAddress.Parse("10.0.9.8"), 443);

    private static bool KeepsClient(string filter) => FilterTests.Parse(filter).Matches(
        new ResetReceived { Time = SampleEvents.Start, Netns = 4026532281, Local = Client, Remote = Server, State = TcpState.Established, Process = new ProcessInfo(77, "웹") });

    private static bool KeepsServer(string filter) => FilterTests.Parse(filter).Matches(
        new StateChanged { Time = SampleEvents.Start, Local = Server, Remote = Client, From = TcpState.CloseWait, To = TcpState.Closed, Process = new ProcessInfo(4312, "java") { Container = "3f2a9c0d11ee" } });

    [Theory]
    [InlineData("dport = :443", true, true)]
    [InlineData("sport = :443", true, true)]
    [InlineData("dport = :80", false, false)]
    [InlineData("src 10.0.3.0/24 dport = :443", true, true)]
    [InlineData("dst 10.0.3.0/24 dport = :443", false, false)]
    [InlineData("not dport = :443", false, false)]
    [InlineData("dport != :443", false, false)]
    [InlineData("not ( dst 10.0.3.0/24 dport = :443 )", true, true)]
    [InlineData("state established", true, false)]
    [InlineData("state close-wait", false, true)]
    [InlineData("pid 77", true, false)]
    [InlineData("comm java", false, true)]
    [InlineData("comm 웹", true, false)]
    [InlineData("container 3f2a", false, true)]
    [InlineData("netns blue", true, false)]
    public void Both_ends_of_a_connection_are_kept(string filter, bool client, bool server)
    {
        Assert.Equal(client, KeepsClient(filter));
        Assert.Equal(server, KeepsServer(filter));
    }

    [Fact]
    public void Context_always_passes()
    {
        IEnumerable<Event> kept = SampleEvents.All.Where(FilterTests.Parse("pid 1").Matches);
        Assert.Equal(["Started", "Listening", "AcceptQueueDrained", "SiblingsCounted", "ProcessExited", "CountersRead", "SettingsRead", "LimitRead", "NamespaceGone", "TrafficCounted", "Lost", "Ended"], kept.Select(e => e.GetType().Name));
        Assert.All(SampleEvents.All, e => Assert.True(FilterTests.Parse().Matches(e)));
    }

    [Fact]
    public void Groups_of_waiting_sockets_are_chosen_by_the_end_that_is_known() =>
        Assert.True(FilterTests.Parse("dport 443 dst 10.0.9.8").Matches(SampleEvents.All.Single(e => e is SocketsWaiting)));

    [Fact]
    public void Long_process_name_of_a_foreign_recording_is_compared() =>
        Assert.True(FilterTests.Parse("comm 'x*x'").Matches(new CallFailed { Time = SampleEvents.Start, Local = Client, Remote = Server, Call = "connect", Errno = 111, Process = new ProcessInfo(1, new string('x', 500)) }));
}
