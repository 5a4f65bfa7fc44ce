using System.Text;

namespace Tcpwhy.Serving;

/// <summary>The answers of one run, made once.</summary>
internal sealed class HttpReplies(long bodyBytes)
{
    /// <summary>Bodies up to this size travel with their head in one piece.</summary>
    public const int SmallBody = 32 * 1024;

    private static readonly string[] Connections = ["", "Connection: keep-alive\r\n", "Connection: close\r\n"];
    private readonly byte[][] _heads = Array.ConvertAll(Connections, connection => Head("200 OK", bodyBytes, connection));
    private readonly byte[][] _whole = Array.ConvertAll(Connections, connection => bodyBytes > SmallBody ? [] : (byte[])[.. Head("200 OK", bodyBytes, connection), .. Filler.Of(bodyBytes)]);
    private readonly byte[][] _failures = Array.ConvertAll(Connections, connection => Head("500 Internal Server Error", 0, connection));

    /// <summary>The answer to a request, and how many bytes of <see cref="Filler"/> follow it.</summary>
    public ReadOnlyMemory<byte> To(in HttpRequestHead request, bool closes, bool fails, out long follow)
    {
        int connection = closes ? 2 : request.IsVersion10 ? 1 : 0;
        bool head = fails || request.IsHead;
        follow = head || bodyBytes <= SmallBody ? 0 : bodyBytes;
        return fails ? _failures[connection] : head || follow > 0 ? _heads[connection] : _whole[connection];
    }

    /// <summary>The answer to what is no request that this server understands.</summary>
    public static byte[] Refusal(HttpReading reading) => Head(reading switch
    {
        HttpReading.HeadTooLarge => "431 Request Header Fields Too Large",
        HttpReading.NotImplemented => "501 Not Implemented",
        HttpReading.VersionNotSupported => "505 HTTP Version Not Supported",
        _ => "400 Bad Request",
    }, 0, Connections[2]);

    private static byte[] Head(string status, long length, string connection) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 {status}\r\nServer: tcpwhy\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n{connection}\r\n");
}
