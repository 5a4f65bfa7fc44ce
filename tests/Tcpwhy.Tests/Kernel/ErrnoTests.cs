using Tcpwhy.Kernel;
using Xunit;

namespace Tcpwhy.Tests.Kernel;

public class ErrnoTests
{
    [Theory]
    [InlineData(Errno.ECONNRESET, "ECONNRESET", "Connection reset by peer")]
    [InlineData(Errno.ENOENT, "ENOENT", "No such file or directory")]
    [InlineData(133, "EHWPOISON", "Memory page has hardware error")]
    public void Names_and_explains(int errno, string name, string text)
    {
        Assert.Equal(name, Errno.Name(errno));
        Assert.Equal(name, Errno.Name(-errno));
        Assert.Equal(errno, Errno.Number(name));
        Assert.Equal(text, Errno.Text(errno));
    }

    [Fact]
    public void Leaves_unknown_numbers_as_they_are()
    {
        Assert.Equal("41", Errno.Name(41));
        Assert.Equal("4095", Errno.Name(4095));
        Assert.Null(Errno.Number("EWHATEVER"));
        Assert.Null(Errno.Number(""));
    }

    [Fact]
    public void Message_has_call_text_and_name()
    {
        var error = Assert.Throws<KernelException>(() => Fd.Open("/proc/no-such-file"));
        Assert.Equal("open(/proc/no-such-file): No such file or directory (ENOENT)", error.Message);
    }
}
