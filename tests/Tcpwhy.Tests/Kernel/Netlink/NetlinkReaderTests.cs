using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Netlink;
using Xunit;

namespace Tcpwhy.Tests.Kernel.Netlink;

public class NetlinkReaderTests
{
    [Fact]
    public void Error_carries_the_kernels_own_words()
    {
        var reader = new NetlinkReader(KernelFixture.Hex("netlink/error_ext_ack.hex"));
        Assert.True(reader.Read());
        KernelException error = reader.Error("getaddr")!;
        Assert.Equal("getaddr: Invalid argument (EINVAL): ipv4: Invalid values in header for address dump request", error.Message);
        Assert.False(reader.Read());
    }

    [Theory]
    [InlineData("0f00000014000000000000000000000000000000", "nlmsg_len: 15 with 20 bytes left")]
    [InlineData("1500000014000000000000000000000000000000", "nlmsg_len: 21 with 20 bytes left")]
    [InlineData("ffffffff14000000000000000000000000000000", "nlmsg_len: 4294967295 with 20 bytes left")]
    [InlineData("1000", "nlmsghdr: 2 bytes, at least 16 expected")]
    public void Names_the_field_that_is_wrong(string hex, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => Walk(Convert.FromHexString(hex)));
        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("030001", "nla_len: 3 with 3 bytes left")]
    [InlineData("0900010000000000", "nla_len: 9 with 8 bytes left")]
    [InlineData("04", "nla_len: 1 bytes, at least 2 expected")]
    public void Names_the_attribute_that_is_wrong(string hex, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() =>
        {
            var reader = new AttributeReader(Convert.FromHexString(hex));
            while (reader.Read())
                _ = reader.Text();
        });
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Last_attribute_needs_no_padding()
    {
        var reader = new AttributeReader(Convert.FromHexString("0500088001"));
        Assert.True(reader.Read());
        Assert.Equal(8, reader.Type);
        Assert.Equal(1, reader.Byte());
        Assert.False(reader.Read());
    }

    [Fact]
    public void Damaged_errors_are_refused() => Mutation.Survives(KernelFixture.Hex("netlink/error_ext_ack.hex"), Walk);

    private static void Walk(byte[] bytes)
    {
        var reader = new NetlinkReader(bytes);
        while (reader.Read())
            _ = reader.Error("call");
    }
}
