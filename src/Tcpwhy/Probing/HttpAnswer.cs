using System.Globalization;
using System.Text;

namespace Tcpwhy.Probing;

/// <summary>Reads the answer to one HTTP/1.1 request as far as a probe needs it: status line, header, and the body where its length is told. Nothing is kept of what is larger than 64 KiB.</summary>
internal sealed class HttpAnswer
{
    private const int LongestHeader = 64 * 1024;

    // A body that is longer is left unread; the server has shown that it answers.
    private const long LongestBody = 1024 * 1024;
    private static readonly byte[] EndOfHeader = "\r\n\r\n"u8.ToArray();
    private readonly byte[] _header = new byte[LongestHeader];
    private int _length;
    private long _body;
    private int _headerEnd = -1;

    /// <summary>As 200; 0 until the status line has come.</summary>
    public int Status { get; private set; }

    /// <summary>What Content-Length says, or null.</summary>
    public long? BodyLength { get; private set; }

    /// <summary>Bytes of the body that have come.</summary>
    public long BodyReceived => _body;
    public bool HasHeader => _headerEnd >= 0;

    /// <summary>Whether what came cannot be an answer of HTTP/1.</summary>
    public bool IsSomethingElse { get; private set; }

    /// <summary>Whether nothing more needs to be read.</summary>
    public bool IsComplete => HasHeader && (Status is 204 or 304 || BodyLength is not { } length || _body >= Math.Min(length, LongestBody));

    /// <summary>The first bytes, each that cannot be printed as a dot.</summary>
    public string Text => FirstBytes.Printable(_header.AsSpan(0, _length));

    /// <summary>The request.</summary>
    public static byte[] Request(ProbeTarget target, string path, bool tls, int padding = 0)
    {
        int usual = tls ? 443 : 80;
        string host = target.Port == usual ? target.ToString()[..^$":{target.Port}".Length] : target.ToString();
        var request = new StringBuilder($"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: tcpwhy\r\nAccept: */*\r\nConnection: close\r\n");
        // Servers take a line of 8 KiB at most, some of 4.
        const int Line = 2000;
        for (int i = 0; padding > 0; i++, padding -= Line)
            request.Append(CultureInfo.InvariantCulture, $"X-Tcpwhy-Padding-{i}: {new string('x', Math.Min(padding, Line))}\r\n");
        return Encoding.ASCII.GetBytes(request.Append("\r\n").ToString());
    }

    /// <summary>Takes the next bytes.</summary>
    public void Take(ReadOnlySpan<byte> came)
    {
        if (HasHeader)
        {
            _body += came.Length;
            return;
        }
        int before = _length;
        int taken = Math.Min(came.Length, _header.Length - _length);
        came[..taken].CopyTo(_header.AsSpan(_length));
        _length += taken;
        ReadOnlySpan<byte> all = _header.AsSpan(0, _length);
        ReadOnlySpan<byte> version = "HTTP/1."u8;
        if (!all[..Math.Min(all.Length, version.Length)].SequenceEqual(version[..Math.Min(all.Length, version.Length)]))
        {
            IsSomethingElse = true;
            return;
        }
        int end = all.IndexOf(EndOfHeader);
        if (end < 0)
        {
            IsSomethingElse = _length == _header.Length;
            return;
        }
        _headerEnd = end + EndOfHeader.Length;
        _body = came.Length - (_headerEnd - before);
        Read(Encoding.Latin1.GetString(all[..end]).Split("\r\n"));
    }

    private void Read(string[] lines)
    {
        if (lines[0].Length < 12 || lines[0][8] != ' ' || !int.TryParse(lines[0].AsSpan(9, 3), NumberStyles.None, null, out int status) || status is < 100 or > 599)
        {
            IsSomethingElse = true;
            return;
        }
        Status = status;
        foreach (string line in lines.AsSpan(1))
        {
            const string Name = "Content-Length:";
            if (line.StartsWith(Name, StringComparison.OrdinalIgnoreCase) && long.TryParse(line.AsSpan(Name.Length).Trim(), NumberStyles.None, null, out long length))
                BodyLength = length;
        }
    }
}
