using System.Net;
using System.Net.Sockets;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Sockets;
using Xunit;

namespace Tcpwhy.Tests.Kernel.Sockets;

public class SocketSetTests
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_connection_sends_receives_and_ends(string host)
    {
        using TcpListener server = new(IPAddress.Parse(host), 0);
        server.Start();
        using SocketSet sockets = new(capacity: 3);
        Assert.Equal(0, sockets.Open(2, new RawAddress(IPAddress.Parse(host), Port(server)), null, new SocketSettings { NoDelay = true, KeepAlive = true, KeepAliveIdleSeconds = 7 }));
        Assert.Equal(0, sockets.Watch(2, writing: true, again: false));
        using Socket accepted = server.AcceptSocket();
        Assert.True(Next(sockets).Writable);
        Assert.Equal(5, sockets.Send(2, "hello"u8));
        byte[] buffer = new byte[100];
        Assert.Equal(5, accepted.Receive(buffer));
        Assert.Equal(-Errno.EAGAIN, sockets.Receive(2, buffer));
        accepted.Send("you"u8);
        Ready ready = Next(sockets);
        Assert.True(ready is { Slot: 2, Readable: true, Ended: false }, $"{ready}");
        Assert.Equal(3, sockets.Receive(2, buffer));
        accepted.Shutdown(SocketShutdown.Send);
        Assert.True(Next(sockets).Ended);
        Assert.Equal(0, sockets.Receive(2, buffer));
        Assert.Equal(((IPEndPoint)accepted.RemoteEndPoint!).Port, sockets.LocalOf(2)!.Port);
        Assert.True(sockets.TryReadInfo(2, out var info));
        Assert.Equal((ulong)4, info.tcpi_bytes_received); // the FIN counts one
        sockets.Close(2);
        Assert.False(sockets.IsOpen(2));
        Assert.Equal(0, accepted.Receive(buffer));
    }

    [Fact]
    public void A_refusal_is_the_sockets_error()
    {
        using SocketSet sockets = new(capacity: 1);
        using TcpListener closed = new(IPAddress.Loopback, 0);
        closed.Start();
        int port = Port(closed);
        closed.Stop();
        Assert.Equal(0, sockets.Open(0, new RawAddress(IPAddress.Loopback, port), null, default));
        Assert.Equal(0, sockets.Watch(0, writing: true, again: false));
        Assert.True(Next(sockets).Ended);
        Assert.Equal(-Errno.ECONNREFUSED, sockets.TakeError(0));
    }

    [Fact]
    public void The_source_address_is_the_one_asked_for()
    {
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        using SocketSet sockets = new(capacity: 1);
        Assert.Equal(0, sockets.Open(0, new RawAddress(IPAddress.Loopback, Port(server)), new RawAddress(IPAddress.Parse("127.0.0.7"), 0), default));
        using Socket accepted = server.AcceptSocket();
        Assert.Equal("127.0.0.7", ((IPEndPoint)accepted.RemoteEndPoint!).Address.ToString());
    }

    [Fact]
    public void A_source_address_of_another_host_is_an_error()
    {
        using SocketSet sockets = new(capacity: 1);
        Assert.Equal(-Errno.EADDRNOTAVAIL, sockets.Open(0, new RawAddress(IPAddress.Loopback, 9), new RawAddress(IPAddress.Parse("192.0.2.1"), 0), default));
    }

    [Fact]
    public void A_reset_is_sent_when_asked_for()
    {
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        using SocketSet sockets = new(capacity: 1);
        Assert.Equal(0, sockets.Open(0, new RawAddress(IPAddress.Loopback, Port(server)), null, default));
        using Socket accepted = server.AcceptSocket();
        sockets.Close(0, reset: true);
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => accepted.Receive(new byte[1])).SocketErrorCode);
    }

    [Fact]
    public void Disposal_closes_every_socket()
    {
        using TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        SocketSet sockets = new(capacity: 11);
        for (int slot = 0; slot < 11; slot++)
            Assert.Equal(0, sockets.Open(slot, new RawAddress(IPAddress.Loopback, Port(server)), null, default));
        sockets.Dispose();
        for (int slot = 0; slot < 11; slot++)
        {
            using Socket accepted = server.AcceptSocket();
            Assert.Equal(0, accepted.Receive(new byte[1]));
        }
    }

    [Fact]
    public void A_wait_ends_with_its_time()
    {
        using SocketSet sockets = new(capacity: 1);
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.Equal(0, sockets.Wait(new Ready[4], TimeSpan.FromMilliseconds(3)));
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds, 2.9, 5_000);
    }

    private static int Port(TcpListener server) => ((IPEndPoint)server.LocalEndpoint).Port;

    private static Ready Next(SocketSet sockets)
    {
        Ready[] ready = new Ready[1];
        Assert.Equal(1, sockets.Wait(ready, patience));
        return ready[0];
    }
}
