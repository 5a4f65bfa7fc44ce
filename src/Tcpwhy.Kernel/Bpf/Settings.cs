using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Bpf;

/// <summary>Mirrors <c>struct settings</c> of bpf/events.h: what the programs are told before they are loaded.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Settings
{
    public uint tick_us;
    public WantedDrops wanted_drops;

    /// <summary>One byte per skb_drop_reason.</summary>
    [InlineArray(256)]
    public struct WantedDrops
    {
        private byte _first;
    }
}
