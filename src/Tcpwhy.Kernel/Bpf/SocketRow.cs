using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tcpwhy.Kernel.InetDiag;

namespace Tcpwhy.Kernel.Bpf;

/// <summary>Mirrors <c>struct socket_row</c> of bpf/list/rows.h, where the fields are explained: one TCP socket.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SocketRow
{
    public uint size;
    public uint netns;
    public ulong sock;
    public ulong cookie;
    public ulong inode;
    public Bytes16 local;
    public Bytes16 remote;
    public ushort local_port;
    public ushort remote_port;
    public byte family;
    public byte state;
    public byte timer;
    public byte retransmits;
    public uint timer_ms;
    public uint uid;
    public uint recv_queue;
    public uint send_queue;
    public uint @interface;
    public uint mark;
    public byte shutdown;
    public SocketRowFlags flags;

    /// <summary>Bytes of <see cref="info"/> that this kernel knows; 0 in TIME_WAIT and SYN_RECV, which have none.</summary>
    public ushort info_size;
    public SkMemInfo memory;
    public Bytes16 congestion;
    public TcpInfo info;

    /// <summary>Hands each row in what <see cref="BpfIterator.Read"/> read to <paramref name="visit"/>; the reference is valid during the call only.</summary>
    /// <exception cref="InvalidDataException">A row's size does not fit.</exception>
    // Compiled at once and in full: precompiled code cannot inline the library's span methods (measured: a fifth of our time).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Each(ReadOnlySpan<byte> bytes, SocketRowHandler visit)
    {
        const int SizeOfSize = 4;
        SocketRow padded = default;
        while (!bytes.IsEmpty)
        {
            uint size = MemoryMarshal.Read<uint>(Overlay.Slice(bytes, 0, SizeOfSize, "socket_row.size"));
            if (size < SizeOfSize || size > Unsafe.SizeOf<SocketRow>())
                throw new InvalidDataException($"socket_row.size: {size}");
            ReadOnlySpan<byte> row = Overlay.Slice(bytes, 0, size, "socket_row");
            if (row.Length == Unsafe.SizeOf<SocketRow>())
            {
                visit(in MemoryMarshal.AsRef<SocketRow>(row));
            }
            else
            {
                padded = Overlay.ReadZeroFilled<SocketRow>(row);
                visit(in padded);
            }
            bytes = bytes[row.Length..];
        }
    }
}

/// <summary>Mirrors <c>enum row_flags</c>.</summary>
[Flags]
public enum SocketRowFlags : byte
{
    None = 0,
    V6Only = 1,
    KeepAlive = 2,
}

/// <summary>Takes one row.</summary>
public delegate void SocketRowHandler(in SocketRow row);
