using System.Globalization;
using System.Text;

namespace Tcpwhy.Probing;

/// <summary>The head of a reply of HTTP/1: what matters to a connection that is to be kept.</summary>
/// <param name="Closes">Whether the connection ends with it.</param>
/// <param name="AnnouncedIdle">What its Keep-Alive field promises, or null.</param>
/// <param name="AnnouncedRequests">How many more requests its Keep-Alive field allows, or null.</param>
internal sealed record Reply(int Status, bool Closes, TimeSpan? AnnouncedIdle, int? AnnouncedRequests);

/// <summary>Reads whole replies of HTTP/1 from a connection, bodies thrown away.</summary>
internal sealed class ReplyReader(Stream stream)
{
    private const int LongestHead = 64 * 1024;
    private const long LongestBody = 64L * 1024 * 1024;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;
    private int _headBytes;

    /// <summary>Reads one reply to its last byte.</summary>
    /// <exception cref="EndOfStreamException">The connection was closed within it, or before.</exception>
    /// <exception cref="InvalidDataException">It is no HTTP/1.</exception>
    public async Task<Reply> ReadAsync(CancellationToken ct)
    {
        _headBytes = 0;
        string status = await LineAsync(ct);
        if (!status.StartsWith("HTTP/1.", StringComparison.Ordinal) || status.Length < 12 || !int.TryParse(status.AsSpan(9, 3), NumberStyles.None, null, out int code))
            throw new InvalidDataException($"the reply is no HTTP/1: it begins with '{status[..Math.Min(status.Length, 40)]}'");
        bool closes = status.StartsWith("HTTP/1.0", StringComparison.Ordinal), chunked = false;
        long? length = null;
        TimeSpan? idle = null;
        int? requests = null;
        while (await LineAsync(ct) is { Length: > 0 } line)
        {
            int colon = line.IndexOf(':');
            if (colon <= 0)
                throw new InvalidDataException("a header field of the reply has no colon");
            string value = line[(colon + 1)..].Trim();
            switch (line[..colon].ToLowerInvariant())
            {
                case "content-length":
                    length = long.TryParse(value, NumberStyles.None, null, out long bytes) ? bytes : throw new InvalidDataException("the reply's Content-Length is no number");
                    break;
                case "transfer-encoding":
                    chunked = value.EndsWith("chunked", StringComparison.OrdinalIgnoreCase);
                    break;
                case "connection":
                    closes = value.Contains("close", StringComparison.OrdinalIgnoreCase) || (closes && !value.Contains("keep-alive", StringComparison.OrdinalIgnoreCase));
                    break;
                case "keep-alive":
                    (idle, requests) = (Announced(value, "timeout") is { } seconds ? TimeSpan.FromSeconds(seconds) : null, Announced(value, "max"));
                    break;
            }
        }
        if (code is >= 100 and < 200)
            return await ReadAsync(ct);
        if (chunked)
            await SkipChunksAsync(ct);
        else if (length is { } known)
            await SkipAsync(known, ct);
        else if (code is not (204 or 304))
            closes = true; // The body ends with the connection.
        return new Reply(code, closes, idle, requests);
    }

    private static int? Announced(string value, string name)
    {
        foreach (string part in value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.StartsWith(name + "=", StringComparison.OrdinalIgnoreCase) && int.TryParse(part.AsSpan(name.Length + 1), NumberStyles.None, null, out int number))
                return number;
        }
        return null;
    }

    private async Task SkipChunksAsync(CancellationToken ct)
    {
        long total = 0;
        while (true)
        {
            _headBytes = 0;
            string size = (await LineAsync(ct)).Split(';')[0].Trim();
            if (!long.TryParse(size, NumberStyles.AllowHexSpecifier, null, out long bytes) || bytes < 0)
                throw new InvalidDataException("a chunk of the reply has no size");
            total += bytes;
            if (total > LongestBody)
                throw new InvalidDataException("the reply is longer than 64 MiB");
            if (bytes == 0)
                break;
            await SkipAsync(bytes, ct);
            await LineAsync(ct);
        }
        while ((await LineAsync(ct)).Length > 0)
        {
            // Trailer fields.
        }
    }

    private async Task SkipAsync(long bytes, CancellationToken ct)
    {
        if (bytes > LongestBody)
            throw new InvalidDataException("the reply is longer than 64 MiB");
        while (bytes > 0)
        {
            if (_start == _end)
                await FillAsync(ct);
            int part = (int)Math.Min(bytes, _end - _start);
            _start += part;
            bytes -= part;
        }
    }

    private async Task<string> LineAsync(CancellationToken ct)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_start == _end)
                await FillAsync(ct);
            int found = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            int part = found < 0 ? _end - _start : found + 1;
            _headBytes += part;
            if (_headBytes > LongestHead)
                throw new InvalidDataException("the reply's header is longer than 64 KiB");
            line.Append(Encoding.Latin1.GetString(_buffer, _start, part));
            _start += part;
            if (found >= 0)
                return line.ToString().TrimEnd('\n').TrimEnd('\r');
        }
    }

    private async Task FillAsync(CancellationToken ct)
    {
        _start = 0;
        _end = await stream.ReadAsync(_buffer, ct);
        if (_end == 0)
            throw new EndOfStreamException("the connection was closed before the reply was complete");
    }
}
