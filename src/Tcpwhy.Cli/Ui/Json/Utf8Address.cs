using System.Numerics;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>Writes endpoints as <c>10.0.0.1:80</c> and <c>[2001:db8::1]:80</c> (RFC 5952) without an allocation.</summary>
internal static class Utf8Address
{
    /// <summary>No endpoint takes more bytes.</summary>
    public const int Longest = 64;

    private const ulong V4Prefix = 0xffff;

    /// <summary>The address and the port; IPv4 is given as ::ffff:a.b.c.d.</summary>
    public static void Put(ref Utf8Text text, UInt128 address, int port)
    {
        if (address >> 32 == V4Prefix)
        {
            PutV4(ref text, (uint)address);
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
    public static string Text(UInt128 address, int port)
    {
        Utf8Text text = new(stackalloc byte[Longest]);
        Put(ref text, address, port);
        return System.Text.Encoding.ASCII.GetString(text.Written);
    }

    private static void PutV4(ref Utf8Text text, uint address)
    {
        text.Put(address >> 24);
        for (int shift = 16; shift >= 0; shift -= 8)
        {
            text.Put((byte)'.');
            text.Put(address >> shift & 0xff);
        }
    }

    private static void PutV6(ref Utf8Text text, UInt128 address)
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

    private static uint Group(UInt128 address, int group) => (uint)(address >> (112 - group * 16)) & 0xffff;

    /// <summary>The longest run of two zero groups or more, the first of equals.</summary>
    private static (int Start, int Length) LongestZeros(UInt128 address)
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
