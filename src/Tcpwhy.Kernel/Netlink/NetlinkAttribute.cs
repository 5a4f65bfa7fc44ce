using System.Buffers.Binary;

namespace Tcpwhy.Kernel.Netlink;

/// <summary>Writes attributes (struct nlattr) of netlink requests.</summary>
internal static class NetlinkAttribute
{
    /// <summary>Header and value, padded to four bytes.</summary>
    public static byte[] Of(int type, ReadOnlySpan<byte> value)
    {
        byte[] attribute = new byte[4 + (value.Length + 3 & ~3)];
        BinaryPrimitives.WriteUInt16LittleEndian(attribute, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(attribute.AsSpan(2), (ushort)type);
        value.CopyTo(attribute.AsSpan(4));
        return attribute;
    }
}
