using System.Buffers.Binary;
using System.Net;

namespace Tcpwhy.Readings;

/// <summary>Addresses from the bits that a socket tells.</summary>
internal static class Addresses
{
    /// <summary>The address; ::ffff:a.b.c.d is IPv4, as <see cref="Sources.TcpSocket.LocalAddress"/> has it.</summary>
    public static IPAddress Of(UInt128 bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        var address = new IPAddress(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
