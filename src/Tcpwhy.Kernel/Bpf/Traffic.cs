using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Bpf;

/// <summary>Mirrors <c>struct traffic_key</c> of bpf/events.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TrafficKey
{
    public uint netns;
    public uint pid;
    public Bytes16 remote;
    public ushort port;
    public byte family;
    public byte opener;
}

/// <summary>Mirrors <c>struct traffic</c> of bpf/events.h.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Traffic
{
    public ulong closed;
    public ulong bytes_sent;
    public ulong bytes_received;
    public ulong first_ns;
    public ulong last_ns;
    public Lifetimes lifetimes;
    public Bytes16 comm;
}

/// <summary>Lives counted by length: bucket n holds those of 2^n to 2^(n+1) units of 65.5 us; the first and the last take the rest.</summary>
[InlineArray(24)]
public struct Lifetimes
{
    private ulong _first;
}

/// <summary>Mirrors <c>enum counter</c> of bpf/events.h.</summary>
public enum Counter
{
    Opened,
    Accepted,
    Closed,
    Failed,
    Retransmits,
    RetransmitsSyn,
    RetransmitsFast,
    RetransmitsTimeout,
    RetransmitsTail,
    Events,
    Lost,
}
