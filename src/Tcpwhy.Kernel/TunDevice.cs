using System.Text;

namespace Tcpwhy.Kernel;

/// <summary>A network device of the current namespace whose packets are read and written here; it goes with this object.</summary>
public sealed unsafe class TunDevice : IDisposable
{
    private const int IFNAMSIZ = 16, SizeOfIfreq = 40;
    private const nuint TUNSETIFF = 0x400454ca;
    private const short IFF_TUN = 1, IFF_NO_PI = 0x1000;

    private readonly Fd packets;

    private TunDevice(Fd packets) => this.packets = packets;

    /// <summary>Makes a device, which is down at first.</summary>
    /// <exception cref="ArgumentException">No device can have such a name.</exception>
    /// <exception cref="KernelException">The name is taken, or the kernel has no such devices (CONFIG_TUN).</exception>
    public static TunDevice Create(string name)
    {
        byte* request = stackalloc byte[SizeOfIfreq]; // struct ifreq: the name, then flags
        new Span<byte>(request, SizeOfIfreq).Clear();
        if (name.Length is 0 or >= IFNAMSIZ || !Encoding.ASCII.TryGetBytes(name, new Span<byte>(request, IFNAMSIZ - 1), out _))
            throw new ArgumentException($"'{name}' is no name of a device", nameof(name));
        *(short*)(request + IFNAMSIZ) = IFF_TUN | IFF_NO_PI;
        const string path = "/dev/net/tun";
        Fd packets = Libc.open(path, Libc.O_RDWR | Libc.O_CLOEXEC, 0);
        packets.OrThrow("open", path);
        if (Libc.ioctl(packets, TUNSETIFF, request) >= 0)
            return new TunDevice(packets);
        KernelException error = KernelException.Last("ioctl(TUNSETIFF)", name);
        packets.Dispose();
        throw error;
    }

    /// <summary>Waits for the next packet that leaves by the device and returns its length.</summary>
    public int Read(Span<byte> packet) => KernelException.Check(Libc.read(packets, packet, (nuint)packet.Length), "read(tun)");

    /// <summary>Lets a packet arrive by the device.</summary>
    /// <exception cref="KernelException">The device is down, or this is no packet.</exception>
    public void Write(ReadOnlySpan<byte> packet) => KernelException.Check(Libc.write(packets, packet, (nuint)packet.Length), "write(tun)");

    public void Dispose() => packets.Dispose();
}
