namespace Tcpwhy.Sources.Recordings;

/// <summary>Hands out a stream's lines without copying them, in memory bounded by the longest line allowed.</summary>
internal sealed class LineReader(Stream stream)
{
    /// <summary>The longest line that is read, without its line feed.</summary>
    public const int LongestLine = 1 << 20;

    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>The number, from 1, of the line read last.</summary>
    public long Number { get; private set; }

    /// <summary>Whether the line read last ended with a line feed: without one it may have been cut short.</summary>
    public bool Complete { get; private set; }

    /// <summary>Reads the next line, valid until the next call; false at the end. A line that is too long is an <see cref="InvalidDataException"/>.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        Number++;
        int searched = 0;
        while (true)
        {
            int length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            Complete = length >= 0;
            searched = Complete ? searched + length : _end - _start;
            if (searched > LongestLine)
                throw new InvalidDataException($"longer than {LongestLine} bytes");
            if (Complete || Fill() == 0)
            {
                line = _buffer.AsSpan(_start, searched);
                _start += searched + (Complete ? 1 : 0);
                return Complete || searched > 0;
            }
        }
    }

    private int Fill()
    {
        if (_end == _buffer.Length && _start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, LongestLine + 64 * 1024));
        int read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read;
    }
}
