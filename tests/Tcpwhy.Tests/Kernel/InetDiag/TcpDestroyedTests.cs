using System.Net;
using System.Net.Sockets;
using Tcpwhy.Kernel.InetDiag;
using Xunit;

namespace Tcpwhy.Tests.Kernel.InetDiag;

public class TcpDestroyedTests
{
    [Fact]
    public void Both_ends_of_an_aborted_connection_are_told()
    {
        using var destroyed = new TcpDestroyed();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port, ends = 0;
        using (var client = new TcpClient())
        {
            client.Connect(IPAddress.Loopback, port);
            using Socket server = listener.AcceptSocket();
            client.Client.Send(new byte[7]);
            Assert.True(server.Poll(TimeSpan.FromSeconds(2), SelectMode.SelectRead));
        }
        while (ends < 2 && destroyed.Read(2000, (in message) => ends += message.RemotePort == port || (message.LocalPort == port && message.RemotePort != 0) ? 1 : 0))
        {
        }
        Assert.Equal(2, ends);
        Assert.Equal(0, destroyed.Overruns);
    }
}
