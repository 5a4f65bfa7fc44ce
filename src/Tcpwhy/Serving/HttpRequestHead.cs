using System.Buffers;
using System.Text;

namespace Tcpwhy.Serving;

/// <summary>What reading a request's head came to: complete, or more is needed, or the status with which it is refused.</summary>
internal enum HttpReading
{
    Complete,
    Incomplete,
    BadRequest = 400,
    HeadTooLarge = 431,
    NotImplemented = 501,
    VersionNotSupported = 505,
}

/// <summary>The little that the test server needs to know of an HTTP/1.x request, read strictly (RFC 9112): no folded lines, no bare LF, no space before a colon.</summary>
internal readonly record struct HttpRequestHead
{
    // RFC 9110 section 5.6.2: token characters.
    private static readonly SearchValues<byte> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
    private static readonly SearchValues<byte> Controls = SearchValues.Create([.. Enumerable.Range(0, 32).Where(c => c != '\t').Select(c => (byte)c), 127]);

    public bool IsHead { get; private init; }

    /// <summary>An HTTP/1.0 client has to be told that its connection stays open.</summary>
    public bool IsVersion10 { get; private init; }
    public bool KeepsAlive { get; private init; }
    public bool IsChunked { get; private init; }
    public long ContentLength { get; private init; }

    /// <summary>Reads a head at the start of <paramref name="bytes"/>; <paramref name="length"/> is its length when complete.</summary>
    public static HttpReading Read(ReadOnlySpan<byte> bytes, out HttpRequestHead head, out int length)
    {
        head = default;
        length = 0;
        // RFC 9112 section 2.2: an empty line before the request is forgiven.
        int at = bytes.StartsWith("\r\n"u8) ? 2 : 0;
        // A TLS hello, say, never has a line end: it is refused at its first byte.
        if (at < bytes.Length && bytes[at] != '\r' && !Token.Contains(bytes[at]))
            return HttpReading.BadRequest;
        Fields fields = default;
        for (bool first = true; ; first = false)
        {
            ReadOnlySpan<byte> rest = bytes[at..];
            int lineFeed = rest.IndexOf((byte)'\n');
            if (lineFeed < 0)
                return HttpReading.Incomplete;
            if (lineFeed == 0 || rest[lineFeed - 1] != '\r')
                return HttpReading.BadRequest;
            ReadOnlySpan<byte> line = rest[..(lineFeed - 1)];
            at += lineFeed + 1;
            if (line.IsEmpty && !first)
                break;
            if (line.ContainsAny(Controls))
                return HttpReading.BadRequest;
            HttpReading wrong = first ? ReadRequestLine(line, ref fields) : ReadField(line, ref fields);
            if (wrong != HttpReading.Complete)
                return wrong;
        }
        // RFC 9112 section 3.2 asks for one Host, section 6.3 forbids both ways to tell the length.
        if ((!fields.IsVersion10 && fields.Hosts != 1) || fields.Hosts > 1 || (fields.IsChunked && (fields.Length >= 0 || fields.IsVersion10)))
            return HttpReading.BadRequest;
        length = at;
        head = new HttpRequestHead
        {
            IsHead = fields.IsHead,
            IsVersion10 = fields.IsVersion10,
            KeepsAlive = !fields.Closes && (!fields.IsVersion10 || fields.KeepsAlive),
            IsChunked = fields.IsChunked,
            ContentLength = Math.Max(fields.Length, 0),
        };
        return HttpReading.Complete;
    }

    private static HttpReading ReadRequestLine(ReadOnlySpan<byte> line, ref Fields fields)
    {
        int method = line.IndexOf((byte)' ');
        int version = line.LastIndexOf((byte)' ') + 1;
        if (method <= 0 || version - method < 3 || line[..method].ContainsAnyExcept(Token) || line[(method + 1)..(version - 1)].Contains((byte)' '))
            return HttpReading.BadRequest;
        fields.IsHead = line[..method].SequenceEqual("HEAD"u8);
        fields.IsVersion10 = line[version..].SequenceEqual("HTTP/1.0"u8);
        return fields.IsVersion10 || line[version..].SequenceEqual("HTTP/1.1"u8) ? HttpReading.Complete
            : line[version..].StartsWith("HTTP/"u8) ? HttpReading.VersionNotSupported
            : HttpReading.BadRequest;
    }

    private static HttpReading ReadField(ReadOnlySpan<byte> line, ref Fields fields)
    {
        int colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAnyExcept(Token))
            return HttpReading.BadRequest;
        ReadOnlySpan<byte> name = line[..colon], value = line[(colon + 1)..].Trim(" \t"u8);
        switch (colon)
        {
            case 4 when Ascii.EqualsIgnoreCase(name, "Host"u8):
                fields.Hosts++;
                break;
            case 10 when Ascii.EqualsIgnoreCase(name, "Connection"u8):
                foreach (Range word in value.Split((byte)','))
                {
                    fields.Closes |= Ascii.EqualsIgnoreCase(value[word].Trim(" \t"u8), "close"u8);
                    fields.KeepsAlive |= Ascii.EqualsIgnoreCase(value[word].Trim(" \t"u8), "keep-alive"u8);
                }
                break;
            case 14 when Ascii.EqualsIgnoreCase(name, "Content-Length"u8):
                if (value.IsEmpty || value.Length > 18 || value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
                    return HttpReading.BadRequest;
                long length = long.Parse(value);
                if (fields.Length >= 0 && fields.Length != length)
                    return HttpReading.BadRequest;
                fields.Length = length;
                break;
            case 17 when Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8):
                if (fields.IsChunked || !Ascii.EqualsIgnoreCase(value, "chunked"u8))
                    return HttpReading.NotImplemented;
                fields.IsChunked = true;
                break;
        }
        return HttpReading.Complete;
    }

    private struct Fields
    {
        public bool IsHead, IsVersion10, KeepsAlive, Closes, IsChunked;
        public int Hosts;
        private long _lengthPlusOne;

        /// <summary>Content-Length, or −1 while there is none.</summary>
        public long Length
        {
            readonly get => _lengthPlusOne - 1;
            set => _lengthPlusOne = value + 1;
        }
    }
}
