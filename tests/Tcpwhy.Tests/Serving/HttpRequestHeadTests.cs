using System.Text;
using Tcpwhy.Serving;
using Xunit;

namespace Tcpwhy.Tests.Serving;

public class HttpRequestHeadTests
{
    private const string Host = "Host: a\r\n";

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true, false, 0L)]
    [InlineData("\r\nGET / HTTP/1.1\r\nhost:a\r\n\r\n", true, false, 0L)]
    [InlineData("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 17\r\nContent-Length: 17\r\n\r\n", true, false, 17L)]
    [InlineData("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\nConnection: foo, Close\r\n\r\n", false, true, 0L)]
    [InlineData("GET / HTTP/1.0\r\n\r\n", false, false, 0L)]
    [InlineData("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true, false, 0L)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", true, false, 0L)]
    public void A_sound_head_is_understood(string text, bool keepsAlive, bool chunked, long length)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text + "GET /next");

        Assert.Equal(HttpReading.Complete, HttpRequestHead.Read(bytes, out HttpRequestHead head, out int end));

        Assert.Equal((keepsAlive, chunked, length, text.Length), (head.KeepsAlive, head.IsChunked, head.ContentLength, end));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\nHost: a\n\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n" + Host + Host + "\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n" + Host + "A : b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n" + Host + " folded\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n" + Host + "A: b\rc\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n" + Host + "A: \0\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n" + Host + "no colon\r\n\r\n", 400)]
    [InlineData("GET  HTTP/1.1\r\n", 400)]
    [InlineData("GET /a b HTTP/1.1\r\n", 400)]
    [InlineData("GET /\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\n" + Host + "Content-Length: +1\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\n" + Host + "Content-Length: 9999999999999999999\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\n" + Host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\n" + Host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\n" + Host + "Transfer-Encoding: gzip\r\n\r\n", 501)]
    [InlineData("GET / HTTP/2.0\r\n", 505)]
    [InlineData("\u0016\u0003\u0001", 400)]
    public void What_is_unsound_is_refused(string text, int status) =>
        Assert.Equal(status, (int)HttpRequestHead.Read(Encoding.Latin1.GetBytes(text), out _, out _));

    [Fact]
    public void A_head_that_comes_in_pieces_is_incomplete_until_its_last_byte()
    {
        byte[] whole = Encoding.Latin1.GetBytes("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
        for (int length = 0; length < whole.Length; length++)
            Assert.Equal(HttpReading.Incomplete, HttpRequestHead.Read(whole.AsSpan(0, length), out _, out _));
    }

    [Theory]
    [InlineData("3\r\nabc\r\n0\r\n\r\n", true)]
    [InlineData("3;name=\"v\"\r\nabc\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nTrailer: x\r\n\r\n", true)]
    [InlineData("3\nabc\r\n", false)]
    [InlineData("\r\n", false)]
    [InlineData("3\r\nabcd", false)]
    [InlineData("g\r\n", false)]
    [InlineData("3\rabc", false)]
    [InlineData("ffffffffffffffff\r\n", false)]
    public void Chunks_are_passed_over_in_pieces_of_any_size(string text, bool sound)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(sound ? text + "NEXT" : text);
        for (int piece = 1; piece <= bytes.Length; piece++)
        {
            HttpBody body = Chunked();
            int at = 0;
            while (at < bytes.Length && !body.IsOver && !body.IsMalformed)
                at += body.Pass(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
            Assert.Equal((sound, !sound), (body.IsOver, body.IsMalformed));
            Assert.True(!sound || at == text.Length, $"passed {at} of {text.Length} in pieces of {piece}");
        }
    }

    private static HttpBody Chunked()
    {
        HttpRequestHead.Read("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"u8, out HttpRequestHead head, out _);
        return new HttpBody(head);
    }
}
