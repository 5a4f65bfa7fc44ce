using Tcpwhy.Filtering;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.Tests.Sources;

public class SocketPickerTests
{
    private const int All = 997;

    [Theory]
    [InlineData(SocketOrder.Queues, false, "996 995 994")]
    [InlineData(SocketOrder.Queues, true, "0 1 2")]
    [InlineData(SocketOrder.Local, false, "0 1 2")]
    [InlineData(SocketOrder.Local, true, "996 995 994")]
    // Who retransmits goes first, however little waits.
    [InlineData(SocketOrder.Trouble, false, "500 996 995")]
    public void The_first_of_many_are_kept_in_order(SocketOrder order, bool ascending, string expected)
    {
        SocketPicker picker = new(order, ascending, Filter.Everything, 3);
        foreach (int port in Shuffled())
            See(picker, port);

        Assert.Equal(expected, string.Join(' ', picker.Picked().Select(one => one.View.LocalPort)));
        Assert.Equal(All, picker.Total);
    }

    [Fact]
    public void A_filter_and_listeners_are_left_out()
    {
        SocketPicker picker = new(SocketOrder.Local, false, Filter.Parse(["sport < :10"]), 500);
        foreach (int port in Shuffled())
            See(picker, port);
        See(picker, 5, state: 10);

        Assert.Equal(picker.Total, picker.Picked().Count);
        Assert.All(picker.Picked(), one => Assert.True(one.View.LocalPort <= 10));
        Assert.InRange(picker.Total, 9, 11);
    }

    [Fact]
    public void A_kept_socket_knows_itself_again()
    {
        SocketPicker picker = new(SocketOrder.Local, false, Filter.Everything, 2);
        See(picker, 1);
        See(picker, 2);
        KeptSocket first = picker.Picked()[0], second = picker.Picked()[1];

        Assert.True(first.IsSame(first.View));
        Assert.False(first.IsSame(second.View));
    }

    private static int[] Shuffled()
    {
        int[] ports = [.. Enumerable.Range(0, All)];
        new Random(7).Shuffle(ports);
        return ports;
    }

    private static void See(SocketPicker picker, int port, byte state = 1)
    {
        var row = new SocketRow { netns = 17, family = 2, state = state, local_port = (ushort)port, remote_port = 443, send_queue = (uint)port };
        if (port == 500)
            (row.timer, row.retransmits) = (1, 3);
        picker.See(new TcpSocket(in row, null, 0));
    }
}
