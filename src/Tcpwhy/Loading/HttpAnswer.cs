using System.Buffers.Text;

namespace Tcpwhy.Loading;

/// <summary>How far an answer has come.</summary>
internal enum AnswerProgress
{
    /// <summary>More bytes have to come.</summary>
    Incomplete,

    /// <summary>The head has not come whole: what is left must be shown again, with more.</summary>
    HeadIncomplete,
    Complete,

    /// <summary>This is not HTTP.</summary>
    Malformed,
}

/// <summary>Reads one answer of HTTP/1.x (RFC 9112) from pieces of any size without keeping them: the head at once, the body by length, by chunks or to the end of the connection.</summary>
internal struct HttpAnswer
{
    /// <summary>The longest head that is accepted.</summary>
    public const int LongestHead = 32 * 1024;
    private const int LongestSizeLine = 256;
    private State _state;
    private bool _digits;
    private ushort _line;
    private long _left;

    private enum State : byte
    {
        Head,
        Body,
        ToTheEnd,
        ChunkSize,
        ChunkExtension,
        ChunkData,
        ChunkEnd,
        Trailer,
    }

    /// <summary>The status of the answer, as 200; 0 before its head has come.</summary>
    public ushort Status { get; private set; }

    /// <summary>Whether the server closes the connection after it.</summary>
    public bool Closes { get; private set; }

    /// <summary>Whether the body ends where the connection ends, so that an end is no failure.</summary>
    public readonly bool EndsWithConnection => _state == State.ToTheEnd;

    /// <summary>Takes bytes; <paramref name="used"/> of them belong to this answer.</summary>
    public AnswerProgress Take(ReadOnlySpan<byte> data, out int used)
    {
        used = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = data[used..];
            switch (_state)
            {
                case State.Head:
                    AnswerProgress head = TakeHead(rest, out int length);
                    used += length;
                    if (head != AnswerProgress.Incomplete)
                        return head;
                    break;
                case State.ToTheEnd:
                    used = data.Length;
                    return AnswerProgress.Incomplete;
                case State.Body or State.ChunkData:
                    int part = (int)Math.Min(_left, rest.Length);
                    used += part;
                    _left -= part;
                    if (_left > 0)
                        return AnswerProgress.Incomplete;
                    if (_state == State.Body)
                        return AnswerProgress.Complete;
                    (_state, _left) = (State.ChunkEnd, 2);
                    break;
                default:
                    if (rest.IsEmpty)
                        return AnswerProgress.Incomplete;
                    used++;
                    AnswerProgress framing = TakeFraming(rest[0]);
                    if (framing != AnswerProgress.Incomplete)
                        return framing;
                    break;
            }
        }
    }

    private AnswerProgress TakeHead(ReadOnlySpan<byte> data, out int length)
    {
        length = 0;
        // What is no HTTP is told at its first bytes, not after a timeout.
        ReadOnlySpan<byte> version = "HTTP/1."u8;
        int compared = Math.Min(version.Length, data.Length);
        if (!data[..compared].SequenceEqual(version[..compared]))
            return AnswerProgress.Malformed;
        int end = data.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return data.Length > LongestHead ? AnswerProgress.Malformed : AnswerProgress.HeadIncomplete;
        length = end + 4;
        // HTTP/1.1 200 OK
        if (end < 12 || data[8] != ' ' || !Utf8Parser.TryParse(data.Slice(9, 3), out ushort status, out int digits) || digits != 3 || status < 100 || (end > 12 && data[12] is not ((byte)' ' or (byte)'\r')))
            return AnswerProgress.Malformed;
        Closes = data[7] == '0';
        long? contentLength = null;
        bool chunked = false;
        int at = data.IndexOf("\r\n"u8) + 2;
        ReadOnlySpan<byte> fields = at > end ? [] : data[at..(end + 2)];
        while (!fields.IsEmpty)
        {
            int lineEnd = fields.IndexOf("\r\n"u8);
            ReadOnlySpan<byte> line = fields[..lineEnd];
            fields = fields[(lineEnd + 2)..];
            int colon = line.IndexOf((byte)':');
            if (colon <= 0)
                return AnswerProgress.Malformed;
            if (!TakeField(line[..colon], line[(colon + 1)..].Trim(" \t"u8), ref contentLength, ref chunked))
                return AnswerProgress.Malformed;
        }
        if (status < 200)
        {
            // An interim answer: the real one follows.
            return status == 101 ? AnswerProgress.Malformed : AnswerProgress.Incomplete;
        }
        Status = status;
        if (status is 204 or 304 || (contentLength == 0 && !chunked))
            return AnswerProgress.Complete;
        (_state, _left) = chunked ? (State.ChunkSize, 0) : contentLength is { } known ? (State.Body, known) : (State.ToTheEnd, 0);
        Closes |= _state == State.ToTheEnd;
        return AnswerProgress.Incomplete;
    }

    private bool TakeField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref long? contentLength, ref bool chunked)
    {
        switch (name.Length)
        {
            case 14 when System.Text.Ascii.EqualsIgnoreCase(name, "content-length"u8):
                // Two lengths that differ are an attack, not an answer (RFC 9112, 6.3).
                bool number = Utf8Parser.TryParse(value, out long length, out int digits) && digits == value.Length && length >= 0 && (contentLength ?? length) == length;
                contentLength = length;
                return number;
            case 17 when System.Text.Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8):
                chunked = value.Length >= 7 && System.Text.Ascii.EqualsIgnoreCase(value[^7..], "chunked"u8);
                return true;
            case 10 when System.Text.Ascii.EqualsIgnoreCase(name, "connection"u8):
                if (System.Text.Ascii.EqualsIgnoreCase(value, "close"u8))
                    Closes = true;
                else if (System.Text.Ascii.EqualsIgnoreCase(value, "keep-alive"u8))
                    Closes = false;
                return true;
            default:
                return true;
        }
    }

    private AnswerProgress TakeFraming(byte next)
    {
        switch (_state)
        {
            case State.ChunkSize or State.ChunkExtension:
                if (++_line > LongestSizeLine)
                    return AnswerProgress.Malformed;
                if (next == '\n')
                {
                    if (!_digits)
                        return AnswerProgress.Malformed;
                    (_state, _digits, _line) = (_left == 0 ? State.Trailer : State.ChunkData, false, 0);
                }
                else if (_state == State.ChunkSize)
                {
                    return TakeSize(next);
                }
                return AnswerProgress.Incomplete;
            case State.ChunkEnd:
                if (next != (--_left == 1 ? '\r' : '\n'))
                    return AnswerProgress.Malformed;
                if (_left == 0)
                    _state = State.ChunkSize;
                return AnswerProgress.Incomplete;
            default:
                // A trailer ends with an empty line.
                if (next == '\n')
                {
                    if (_line == 0)
                        return AnswerProgress.Complete;
                    _line = 0;
                }
                else if (next != '\r' && ++_line > LongestHead)
                {
                    return AnswerProgress.Malformed;
                }
                return AnswerProgress.Incomplete;
        }
    }

    private AnswerProgress TakeSize(byte next)
    {
        int digit = next switch
        {
            >= (byte)'0' and <= (byte)'9' => next - '0',
            >= (byte)'a' and <= (byte)'f' => next - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => next - 'A' + 10,
            _ => -1,
        };
        if (digit >= 0)
        {
            if (_left >> 55 != 0)
                return AnswerProgress.Malformed;
            (_left, _digits) = ((_left << 4) + digit, true);
        }
        else if (next is (byte)';' or (byte)' ' or (byte)'\t' or (byte)'\r')
        {
            _state = State.ChunkExtension;
        }
        else
        {
            return AnswerProgress.Malformed;
        }
        return AnswerProgress.Incomplete;
    }
}
