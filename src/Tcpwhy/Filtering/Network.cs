using System.Net;
using System.Net.Sockets;

namespace Tcpwhy.Filtering;

/// <summary>Addresses that share their first bits: <c>10.0.0.0/8</c>, <c>2001:db8::/32</c>, or one address.</summary>
internal readonly record struct Network
{
    private static readonly UInt128 V4Prefix = new(0, 0xffff_0000_0000);
    private readonly UInt128 _bits;
    private readonly UInt128 _mask;
    private readonly bool _v4;

    public Network(IPAddress address, int prefix)
    {
        _bits = FilterSubject.BitsOf(address);
        _v4 = IsV4(_bits);
        Prefix = prefix;
        int length = address.AddressFamily == AddressFamily.InterNetwork ? prefix + 96 : prefix;
        _mask = length == 0 ? 0 : UInt128.MaxValue << (128 - length);
        _bits &= _mask;
        // Made anew, because the zone of a link-local address is no part of it here.
        Address = new IPAddress(address.GetAddressBytes());
    }

    public IPAddress Address { get; }
    public int Prefix { get; }

    // ::/0 asks for IPv6, so what is IPv4 in truth is not in it.
    public bool Contains(UInt128 address) => (address & _mask) == _bits && _v4 == IsV4(address);

    public override string ToString() => $"{Address}/{Prefix}";

    private static bool IsV4(UInt128 address) => address >> 32 == V4Prefix >> 32;
}
