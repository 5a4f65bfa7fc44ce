using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tcpwhy.Pools.Runtimes.DotNet;

/// <summary>The fields of a payload, one behind the other.</summary>
internal ref struct PayloadReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsEmpty => _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    /// <summary>UTF-16 up to its zero.</summary>
    /// <exception cref="InvalidDataException">It has no end.</exception>
    public string Text()
    {
        ReadOnlySpan<char> characters = MemoryMarshal.Cast<byte, char>(_rest);
        int end = characters.IndexOf('\0');
        if (end < 0)
            throw new InvalidDataException("a text has no end");
        string text = characters[..end].ToString();
        _rest = _rest[((end + 1) * 2)..];
        return text;
    }

    /// <summary>Seven bits a byte, the lowest first.</summary>
    public uint VarUInt32()
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte next = Byte();
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw new InvalidDataException("a number of more than 32 bits");
    }

    /// <summary>Passes over so many numbers of at most 64 bits.</summary>
    public void VarUInts(int count)
    {
        for (; count > 0; count--)
        {
            int length = 1;
            while (Byte() >= 0x80)
            {
                if (++length > 10)
                    throw new InvalidDataException("a number of more than 64 bits");
            }
        }
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
            throw new InvalidDataException($"{_rest.Length} bytes where {count} should be");
        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
