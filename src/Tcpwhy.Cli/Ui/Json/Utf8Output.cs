namespace Tcpwhy.Cli.Ui.Json;

/// <summary>Bytes on their way to a stream: one block, small enough to stay in the cache, that is filled in place and written whole.</summary>
internal sealed class Utf8Output(Stream stream, int size = 1 << 17)
{
    private readonly byte[] _block = GC.AllocateUninitializedArray<byte>(size);
    private int _length;

    /// <summary>Room for this many bytes, to be followed by <see cref="Advance"/>.</summary>
    public Span<byte> Room(int bytes)
    {
        if (_block.Length - _length < bytes)
            Flush();
        return _block.AsSpan(_length);
    }

    /// <summary>So many bytes of the room were used.</summary>
    public void Advance(int bytes) => _length += bytes;

    public void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Advance(bytes.Length);
    }

    public void Flush()
    {
        stream.Write(_block, 0, _length);
        _length = 0;
        stream.Flush();
    }
}
