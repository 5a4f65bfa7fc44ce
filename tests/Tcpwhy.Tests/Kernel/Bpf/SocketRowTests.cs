using System.Runtime.InteropServices;
using Tcpwhy.Kernel.Bpf;
using Xunit;

namespace Tcpwhy.Tests.Kernel.Bpf;

public class SocketRowTests
{
    private const int Short = 104;
    private static readonly int Whole = Marshal.SizeOf<SocketRow>();

    [Fact]
    public void Whole_and_short_rows_follow_each_other()
    {
        List<(ulong Sock, ushort Info)> seen = [];
        SocketRow.Each([.. Row(Whole, 1, 280), .. Row(Short, 2, 0), .. Row(Whole, 3, 280)], (in SocketRow row) => seen.Add((row.sock, row.info_size)));
        Assert.Equal([(1, 280), (2, 0), (3, 280)], seen);
    }

    [Fact]
    public void A_row_that_is_cut_or_lies_about_its_size_is_invalid_data()
    {
        byte[] rows = [.. Row(Whole, 1, 280), .. Row(Short, 2, 0)];
        for (int length = 1; length < rows.Length; length++)
        {
            if (length != Whole)
                Assert.Throws<InvalidDataException>(() => SocketRow.Each(rows.AsSpan(0, length), (in _) => { }));
        }
        foreach (uint size in new uint[] { 0, 3, 433, uint.MaxValue })
        {
            MemoryMarshal.Write(rows, size);
            Assert.Throws<InvalidDataException>(() => SocketRow.Each(rows, (in _) => { }));
        }
    }

    [Fact]
    public void A_holder_that_is_cut_is_invalid_data() =>
        Assert.Throws<InvalidDataException>(() => HolderRow.In(new byte[Marshal.SizeOf<HolderRow>() + 1]).Length);

    private static byte[] Row(int size, ulong sock, ushort info)
    {
        var row = new SocketRow { size = (uint)size, sock = sock, info_size = info };
        return MemoryMarshal.AsBytes(new ReadOnlySpan<SocketRow>(in row))[..size].ToArray();
    }
}
