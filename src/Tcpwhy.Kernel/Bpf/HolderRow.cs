using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Bpf;

/// <summary>Mirrors <c>struct holder_row</c> of bpf/list/rows.h: a descriptor that refers to a TCP socket.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct HolderRow
{
    public ulong inode;
    public uint pid;
    public uint fd;
    public Bytes16 comm;

    /// <summary>The rows in what <see cref="BpfIterator.Read"/> read.</summary>
    /// <exception cref="InvalidDataException">They end within a row.</exception>
    public static ReadOnlySpan<HolderRow> In(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<HolderRow> rows = MemoryMarshal.Cast<byte, HolderRow>(bytes);
        return MemoryMarshal.AsBytes(rows).Length == bytes.Length ? rows : throw new InvalidDataException($"holder_row: {bytes.Length} bytes are no whole number of rows");
    }
}
