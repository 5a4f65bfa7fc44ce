using System.Buffers.Binary;
using System.Buffers.Text;

namespace Tcpwhy.Kernel.Proc;

/// <summary>Walks a directory without a string per entry: 200,000 descriptors are looked at in one scan.</summary>
internal ref struct DirectoryReader(Fd directory, Span<byte> buffer)
{
    // struct linux_dirent64: inode and offset of 8 bytes each, then the record's length, a type byte, the name and a NUL.
    private const int LengthOffset = 16;
    private const int NameOffset = 19;

    private readonly Span<byte> buffer = buffer;
    private ReadOnlySpan<byte> rest;

    /// <summary>Name of the current entry with its NUL.</summary>
    public ReadOnlySpan<byte> NameWithNul { get; private set; }

    /// <summary>The name as a positive decimal number, or null.</summary>
    public readonly int? Number =>
        Utf8Parser.TryParse(NameWithNul, out int number, out int used) && used == NameWithNul.Length - 1 && number >= 0 ? number : null;

    /// <summary>Goes to the next entry; false at the end, or when the process has ended meanwhile.</summary>
    /// <exception cref="KernelException">The directory cannot be read.</exception>
    /// <exception cref="InvalidDataException">A record does not fit.</exception>
    public bool Read()
    {
        if (rest.IsEmpty)
        {
            nint read = Libc.getdents64(directory, buffer, (nuint)buffer.Length);
            if (read < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ESRCH)
                return false;
            rest = buffer[..KernelException.Check(read, "getdents64")];
            if (rest.IsEmpty)
                return false;
        }
        int length = BinaryPrimitives.ReadUInt16LittleEndian(Overlay.Slice(rest, LengthOffset, 2, "d_reclen"));
        ReadOnlySpan<byte> name = Overlay.Slice(rest[..Math.Min(length, rest.Length)], NameOffset, length - NameOffset, "d_name");
        int end = name.IndexOf((byte)0);
        NameWithNul = end >= 0 ? name[..(end + 1)] : throw new InvalidDataException("d_name: no end");
        rest = rest[length..];
        return true;
    }
}
