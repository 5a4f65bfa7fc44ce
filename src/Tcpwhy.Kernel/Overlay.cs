using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel;

/// <summary>The one place where bytes of the kernel become structures: the size is checked first.</summary>
internal static class Overlay
{
    /// <summary>Copies the first bytes into a <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidDataException">Fewer bytes than the structure has; the message names <paramref name="field"/>.</exception>
    public static T Read<T>(ReadOnlySpan<byte> bytes, string field) where T : unmanaged
    {
        if (bytes.Length < Unsafe.SizeOf<T>())
            throw new InvalidDataException($"{field}: {bytes.Length} bytes, at least {Unsafe.SizeOf<T>()} expected");
        return MemoryMarshal.Read<T>(bytes);
    }

    /// <summary>Copies what is there and leaves the rest 0: kernels lengthen some structures with every release.</summary>
    public static T ReadZeroFilled<T>(ReadOnlySpan<byte> bytes) where T : unmanaged
    {
        T value = default;
        int length = Math.Min(bytes.Length, Unsafe.SizeOf<T>());
        bytes[..length].CopyTo(MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    /// <summary>Checks that <paramref name="length"/> bytes from <paramref name="offset"/> exist and cuts them out.</summary>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> bytes, long offset, long length, string field)
    {
        if (offset < 0 || length < 0 || offset > bytes.Length || length > bytes.Length - offset)
            throw new InvalidDataException($"{field}: {length} bytes at {offset} do not fit into {bytes.Length}");
        return bytes.Slice((int)offset, (int)length);
    }
}
