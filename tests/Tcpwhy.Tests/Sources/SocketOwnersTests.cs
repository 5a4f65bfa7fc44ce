using Tcpwhy.Kernel.Proc;
using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.Tests.Sources;

public class SocketOwnersTests
{
    [Fact]
    public void Every_socket_keeps_its_first_owner_while_the_table_grows()
    {
        const int Sockets = 20_011;
        var owners = new SocketOwners(new ProcFs());
        SocketOwner first = owners.Owner(812, "nginx\0\0"u8), second = owners.Owner(813, "nginx"u8);
        // Sockets of the kernel lie at equal distances.
        for (ulong i = 1; i <= Sockets; i++)
        {
            owners.Add(0xffff_8881_0000_0000 + i * 2496, i % 3 == 0 ? second : first, (int)i);
            owners.Add(0xffff_8881_0000_0000 + i * 2496, second, 0);
        }
        for (ulong i = 1; i <= Sockets; i++)
        {
            Assert.Same(i % 3 == 0 ? second : first, owners.Holding(0xffff_8881_0000_0000 + i * 2496, out int descriptor));
            Assert.Equal((int)i, descriptor);
        }
        Assert.Null(owners.Holding(0xffff_8881_0000_0001, out _));
        Assert.Equal(("nginx", 812, 0), (first.Comm, first.Pid, first.Index));
    }
}
