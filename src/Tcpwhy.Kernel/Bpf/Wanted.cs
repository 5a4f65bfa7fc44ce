using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Bpf;

/// <summary>Mirrors <c>struct wanted</c> of bpf/events.h: ends for which a look at all sockets searches.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Wanted
{
    /// <summary>How many ends one look can search for.</summary>
    public const int Most = 16;

    public uint count;
    public WantedEnds ends;

    /// <summary>The first <see cref="Most"/> processes, each with the port to which it has connections open.</summary>
    public static Wanted Of(IEnumerable<(int Pid, int Port)> wanted)
    {
        Wanted look = default;
        foreach ((int pid, int port) in wanted.Take(Most))
        {
            ref WantedEnd entry = ref look.ends[(int)look.count++];
            (entry.pid, entry.port) = ((uint)pid, (ushort)port);
        }
        return look;
    }

    /// <summary>Those of the first <see cref="Most"/> ends.</summary>
    public static Wanted Of(IEnumerable<IPEndPoint> wanted)
    {
        Wanted look = default;
        foreach (IPEndPoint end in wanted.Take(Most))
        {
            ref WantedEnd entry = ref look.ends[(int)look.count++];
            end.Address.GetAddressBytes().CopyTo((Span<byte>)entry.address);
            entry.port = (ushort)end.Port;
        }
        return look;
    }
}

/// <summary>Mirrors <c>struct wanted_end</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct WantedEnd
{
    public Bytes16 address;
    public ushort port;
    public ushort pad;
    public uint pid;
}

/// <summary>The ends of a <see cref="Wanted"/>.</summary>
[InlineArray(Wanted.Most)]
public struct WantedEnds
{
    private WantedEnd _first;
}
