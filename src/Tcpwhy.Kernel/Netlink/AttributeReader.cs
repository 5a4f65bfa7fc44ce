using System.Text;

namespace Tcpwhy.Kernel.Netlink;

/// <summary>Walks the attributes (struct nlattr) of a netlink message.</summary>
public ref struct AttributeReader(ReadOnlySpan<byte> attributes)
{
    private const int HeaderSize = 4;

    // NLA_F_NESTED and NLA_F_NET_BYTEORDER share the field with the type.
    private const int TypeMask = 0x3fff;

    private ReadOnlySpan<byte> rest = attributes;

    public int Type { get; private set; }

    /// <summary>The attribute's bytes without padding.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Goes to the next attribute; false at the end.</summary>
    /// <exception cref="InvalidDataException">The next attribute is longer than what is left, or shorter than its header.</exception>
    public bool Read()
    {
        if (rest.IsEmpty)
            return false;
        ushort length = Overlay.Read<ushort>(rest, "nla_len");
        if (length < HeaderSize || length > rest.Length)
            throw new InvalidDataException($"nla_len: {length} with {rest.Length} bytes left");
        Type = Overlay.Read<ushort>(rest[sizeof(ushort)..], "nla_type") & TypeMask;
        Value = rest[HeaderSize..length];
        rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        return true;
    }

    /// <summary>The value as a byte.</summary>
    /// <exception cref="InvalidDataException">It is empty.</exception>
    public readonly byte Byte() => Overlay.Read<byte>(Value, "nlattr");

    /// <summary>The value as text up to its first NUL; bytes that are no UTF-8 become U+FFFD.</summary>
    public readonly string Text()
    {
        int end = Value.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
    }
}
