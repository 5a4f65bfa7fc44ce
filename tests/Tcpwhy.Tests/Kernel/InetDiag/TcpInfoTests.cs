using System.Reflection;
using System.Runtime.InteropServices;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Btf;
using Tcpwhy.Kernel.InetDiag;
using Xunit;

namespace Tcpwhy.Tests.Kernel.InetDiag;

public class TcpInfoTests
{
    [Fact]
    public void Layout_equals_the_running_kernels()
    {
        Assert.SkipUnless(File.Exists(Features.DefaultBtfPath), $"no {Features.DefaultBtfPath}: this kernel has no BTF");
        BtfStruct native = BtfFile.Load(Features.DefaultBtfPath).Struct("tcp_info")!;
        foreach (FieldInfo field in typeof(TcpInfo).GetFields(BindingFlags.Public | BindingFlags.Instance))
        {
            // Bit fields have a byte of ours together; fields that a kernel lacks are younger than it.
            if (native.Member(field.Name) is not { BitWidth: 0 } member)
                continue;
            Assert.Equal((field.Name, member.Offset), (field.Name, (int)Marshal.OffsetOf<TcpInfo>(field.Name)));
            Assert.Equal((field.Name, member.Size), (field.Name, Marshal.SizeOf(field.FieldType)));
        }
        Assert.Equal(7, native.Member("tcpi_delivery_rate_app_limited")!.Value.Offset);
        Assert.All(native.Members, member => Assert.True(member.BitWidth > 0 || typeof(TcpInfo).GetField(member.Name) is not null, $"TcpInfo lacks {member.Name}"));
    }
}
