using System.Text;

namespace Tcpwhy.Kernel;

/// <summary>A network device of the current namespace.</summary>
public static unsafe class NetworkDevice
{
    private const int AF_INET = 2, SOCK_DGRAM = 2, IFNAMSIZ = 16, SizeOfIfreq = 40;
    private const nuint SIOCETHTOOL = 0x8946;
    private const uint ETHTOOL_STXCSUM = 0x17;

    /// <summary>Switches transmit checksum offload off, so that every segment leaves with the checksum that it has on a wire.</summary>
    /// <exception cref="ArgumentException">No device has such a name.</exception>
    /// <exception cref="KernelException">There is no such device, or it cannot.</exception>
    public static void ComputeChecksums(string name)
    {
        byte* request = stackalloc byte[SizeOfIfreq]; // struct ifreq: the name, then a pointer to what is asked
        new Span<byte>(request, SizeOfIfreq).Clear();
        if (name.Length is 0 or >= IFNAMSIZ || !Encoding.ASCII.TryGetBytes(name, new Span<byte>(request, IFNAMSIZ - 1), out _))
            throw new ArgumentException($"'{name}' is no name of a device", nameof(name));
        uint* value = stackalloc uint[2]; // struct ethtool_value: the command and its datum
        value[0] = ETHTOOL_STXCSUM;
        value[1] = 0;
        *(nint*)(request + IFNAMSIZ) = (nint)value;
        using Fd socket = Libc.socket(AF_INET, SOCK_DGRAM, 0);
        if (socket.IsInvalid || Libc.ioctl(socket, SIOCETHTOOL, request) < 0)
            throw KernelException.Last("ioctl(SIOCETHTOOL)");
    }
}
