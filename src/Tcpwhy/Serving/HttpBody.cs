namespace Tcpwhy.Serving;

/// <summary>Passes over a request's body, of known length or in chunks (RFC 9112 section 7.1), in pieces as they come.</summary>
internal struct HttpBody
{
    private const int LongestLine = 4096;
    private const int MostDigits = 15;
    private Part _part;
    private long _left;
    private int _digits;
    private int _line;
    private byte _last;

    private enum Part
    {
        Counted,
        Size,
        Extension,
        Data,
        DataEnd,
        Trailer,
        Over,
        Malformed,
    }

    public HttpBody(in HttpRequestHead head)
    {
        _left = head.ContentLength;
        _part = head.IsChunked ? Part.Size : _left > 0 ? Part.Counted : Part.Over;
    }

    public readonly bool IsOver => _part == Part.Over;

    public readonly bool IsMalformed => _part == Part.Malformed;

    /// <summary>Takes what belongs to the body and returns how many bytes that were.</summary>
    public int Pass(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length && _part < Part.Over)
        {
            if (_part is Part.Counted or Part.Data)
            {
                int taken = (int)Math.Min(_left, bytes.Length - at);
                at += taken;
                _left -= taken;
                if (_left == 0)
                    Enter(_part == Part.Counted ? Part.Over : Part.DataEnd);
            }
            else
            {
                Take(bytes[at++]);
            }
        }
        return at;
    }

    private void Enter(Part part) => (_part, _digits, _line, _last) = (part, 0, 0, 0);

    private void Take(byte next)
    {
        bool ends = _last == '\r';
        _last = next;
        if (++_line > LongestLine || ends != (next == '\n'))
            _part = Part.Malformed;
        else if (ends)
            EndLine();
        else if (next != '\r' && _part == Part.Size)
            TakeSize((char)next);
        else if (next != '\r' && _part == Part.DataEnd)
            _part = Part.Malformed;
    }

    private void TakeSize(char next)
    {
        if (char.IsAsciiHexDigit(next) && ++_digits <= MostDigits)
            _left = (_left << 4) + (char.IsAsciiDigit(next) ? next - '0' : (next | 0x20) - 'a' + 10);
        else
            _part = _digits > 0 && next is (';' or ' ' or '\t') ? Part.Extension : Part.Malformed;
    }

    private void EndLine() => Enter(_part switch
    {
        Part.Size when _digits == 0 => Part.Malformed,
        Part.Size or Part.Extension => _left > 0 ? Part.Data : Part.Trailer,
        Part.DataEnd => Part.Size,
        // A line of nothing but its end is the last.
        _ => _line == 2 ? Part.Over : Part.Trailer,
    });
}
