using System.Text;
using Tcpwhy.Probing;
using Xunit;

namespace Tcpwhy.Tests.Probing;

public class ReplyReaderTests
{
    [Fact]
    public async Task Replies_that_follow_each_other_are_told_apart()
    {
        ReplyReader reader = Of(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nKeep-Alive: timeout=5, max=99\r\n\r\nhello"
            + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n0;x=y\r\n\r\n"
            + "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
        Assert.Equal(new Reply(200, false, TimeSpan.FromSeconds(5), 99), await reader.ReadAsync(default));
        Assert.Equal(new Reply(200, false, null, null), await reader.ReadAsync(default));
        Assert.Equal(new Reply(204, true, null, null), await reader.ReadAsync(default));
        await Assert.ThrowsAsync<EndOfStreamException>(() => reader.ReadAsync(default));
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", true)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nuntil the end", true)]
    [InlineData("HTTP/1.1 304 Not Modified\r\n\r\n", false)]
    public async Task A_reply_says_whether_the_connection_stays(string text, bool closes) => Assert.Equal(closes, (await Of(text).ReadAsync(default)).Closes);

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("HTTP/1.1 abc\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n")]
    public async Task Garbage_is_told(string text) => await Assert.ThrowsAsync<InvalidDataException>(() => Of(text).ReadAsync(default));

    [Fact]
    public async Task A_header_without_end_is_told() =>
        await Assert.ThrowsAsync<InvalidDataException>(() => Of("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("X: y\r\n", 20_000))).ReadAsync(default));

    private static ReplyReader Of(string text) => new(new MemoryStream(Encoding.Latin1.GetBytes(text)));
}
