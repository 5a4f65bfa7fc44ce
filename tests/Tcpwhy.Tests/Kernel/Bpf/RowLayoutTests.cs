using System.Reflection;
using System.Runtime.InteropServices;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.Btf;
using Tcpwhy.Kernel.InetDiag;
using Xunit;

namespace Tcpwhy.Tests.Kernel.Bpf;

public class RowLayoutTests
{
    private static readonly BtfFile List = BtfFile.FromBytes(BpfObject.Read("list.bpf.o"));

    [Fact]
    public void Holder_row_is_the_programs() => Equal<HolderRow>("holder_row");

    [Fact]
    public void Socket_row_is_the_programs() => Equal<SocketRow>("socket_row");

    [Fact]
    public void Memory_is_the_programs() => Equal<SkMemInfo>("socket_memory");

    [Fact]
    public void Tcp_info_is_the_programs() => Equal<TcpInfo>("tcp_info");

    private static void Equal<T>(string name) where T : unmanaged
    {
        BtfStruct native = List.Struct(name)!;
        Assert.Equal(native.Size, Marshal.SizeOf<T>());
        IEnumerable<(string, int, int)> ours = typeof(T).GetFields(BindingFlags.Public | BindingFlags.Instance)
            .Select(field => (field.Name, (int)Marshal.OffsetOf<T>(field.Name), SizeOf(field.FieldType)));
        Assert.Equal(native.Members.Select(member => (member.Name, member.Offset, member.Size)), ours);
    }

    private static int SizeOf(Type type) => Marshal.SizeOf(type.IsEnum ? type.GetEnumUnderlyingType() : type);
}
