using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>Writes endpoints as <c>10.0.0.1:80</c> and <c>[2001:db8::1]:80</c> (RFC 5952) without an allocation; IPv4 on an IPv6 socket as IPv4.</summary>
/// <remarks>By bytes: code with UInt128 is never compiled ahead of time, and would start slowly.</remarks>
internal static class Utf8Address
{
    /// <summary>No endpoint takes more bytes.</summary>
    public const int Longest = 64;

    private static ReadOnlySpan<byte> MappedV4 => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    /// <summary>The address, 4 bytes or 16 in network order, and the port.</summary>
    // Compiled at once and in full: precompiled code cannot inline the library's span methods (measured: a fifth of our time).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Put(ref Utf8Text text, scoped ReadOnlySpan<byte> address, int port)
    {
        if (address.Length == 4)
        {
            PutV4(ref text, address);
        }
        else if (address.StartsWith(MappedV4))
        {
            PutV4(ref text, address[MappedV4.Length..]);
        }
        else
        {
            text.Put((byte)'[');
            PutV6(ref text, address);
            text.Put((byte)']');
        }
        text.Put((byte)':');
        text.Put((ulong)port);
    }

    /// <summary>The same as a string.</summary>
    public static string Text(ReadOnlySpan<byte> address, int port)
    {
        Utf8Text text = new(stackalloc byte[Longest]);
        Put(ref text, address, port);
        return Encoding.ASCII.GetString(text.Written);
    }

    private static void PutV4(ref Utf8Text text, scoped ReadOnlySpan<byte> address)
    {
        text.Put((ulong)address[0]);
        foreach (byte part in address[1..])
        {
            text.Put((byte)'.');
            text.Put((ulong)part);
        }
    }

    private static void PutV6(ref Utf8Text text, scoped ReadOnlySpan<byte> address)
    {
        (int start, int length) = LongestZeros(address);
        for (int group = 0; group < 8; group++)
        {
            if (group == start)
            {
                text.Put("::"u8);
                group += length - 1;
                continue;
            }
            if (group > 0 && group != start + length)
                text.Put((byte)':');
            PutHex(ref text, Group(address, group));
        }
    }

    private static uint Group(ReadOnlySpan<byte> address, int group) => BinaryPrimitives.ReadUInt16BigEndian(address[(group * 2)..]);

    /// <summary>The longest run of two zero groups or more, the first of equals.</summary>
    private static (int Start, int Length) LongestZeros(ReadOnlySpan<byte> address)
    {
        (int Start, int Length) longest = (-1, 1);
        for (int start = 0; start < 8; start++)
        {
            int length = 0;
            while (start + length < 8 && Group(address, start + length) == 0)
                length++;
            if (length > longest.Length)
                longest = (start, length);
            start += length;
        }
        return longest.Start < 0 ? (-1, 0) : longest;
    }

    private static void PutHex(ref Utf8Text text, uint group)
    {
        int shift = group == 0 ? 0 : BitOperations.Log2(group) / 4 * 4;
        for (; shift >= 0; shift -= 4)
            text.Put("0123456789abcdef"u8[(int)(group >> shift & 15)]);
    }
}
