using System.Text;
using Tcpwhy.Loading;
using Xunit;

namespace Tcpwhy.Tests.Loading;

public class HttpAnswerTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, false)]
    [InlineData("HTTP/1.1 404 Not Found\r\ncontent-LENGTH:5 \r\nConnection: Close\r\n\r\nhello", 404, true)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, true)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello", 200, false)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", 204, false)]
    [InlineData("HTTP/1.1 304\r\nContent-Length: 500\r\n\r\n", 304, false)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", 500, false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", 200, false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\nTrailer: t\r\n\r\n", 200, false)]
    public void An_answer_is_read_whole_in_pieces_of_any_size(string text, int status, bool closes)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        for (int piece = 1; piece <= bytes.Length; piece++)
        {
            HttpAnswer answer = default;
            Assert.Equal((AnswerProgress.Complete, bytes.Length), Feed(ref answer, bytes, piece));
            Assert.Equal((status, closes), (answer.Status, answer.Closes));
        }
    }

    [Fact]
    public void What_follows_an_answer_is_left()
    {
        HttpAnswer answer = default;
        Assert.Equal(AnswerProgress.Complete, answer.Take("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1"u8, out int used));
        Assert.Equal("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".Length, used);
    }

    [Fact]
    public void Without_a_length_the_body_ends_with_the_connection()
    {
        HttpAnswer answer = default;
        Assert.Equal(AnswerProgress.Incomplete, answer.Take("HTTP/1.1 200 OK\r\n\r\nsome"u8, out _));
        Assert.True(answer is { EndsWithConnection: true, Closes: true });
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("\u0015\u0003\u0003")]
    [InlineData("HTTP/2 200\r\n\r\n")]
    [InlineData("HTTP/1.1 20x OK\r\n\r\n")]
    [InlineData("HTTP/1.1 99\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n")]
    public void What_is_no_http_is_told(string text)
    {
        HttpAnswer answer = default;
        Assert.Equal(AnswerProgress.Malformed, Feed(ref answer, Encoding.Latin1.GetBytes(text), 1).Progress);
    }

    [Fact]
    public void A_head_without_end_is_given_up()
    {
        HttpAnswer answer = default;
        byte[] endless = [.. "HTTP/1.1 200 OK\r\nX: "u8, .. Enumerable.Repeat((byte)'x', HttpAnswer.LongestHead)];
        Assert.Equal(AnswerProgress.Malformed, answer.Take(endless, out _));
    }

    [Fact]
    public void Random_bytes_end_without_an_exception()
    {
        Random random = new(11);
        byte[] template = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 7\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = (byte[])template.Clone();
            for (int change = random.Next(1, 6); change > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            HttpAnswer answer = default;
            (_, int used) = Feed(ref answer, bytes, random.Next(1, bytes.Length));
            Assert.InRange(used, 0, bytes.Length);
        }
    }

    private static (AnswerProgress Progress, int Used) Feed(ref HttpAnswer answer, byte[] bytes, int piece)
    {
        int from = 0;
        for (int to = piece; ; to += piece)
        {
            AnswerProgress progress = answer.Take(bytes.AsSpan(from..Math.Min(to, bytes.Length)), out int used);
            from += used;
            if (progress is AnswerProgress.Complete or AnswerProgress.Malformed || to >= bytes.Length)
                return (progress, from);
        }
    }
}
