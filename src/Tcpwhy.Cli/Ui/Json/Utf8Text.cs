using System.Runtime.CompilerServices;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>Text that is put together in memory that somebody else owns, without an allocation.</summary>
internal ref struct Utf8Text(Span<byte> room)
{
    private readonly Span<byte> _room = room;

    /// <summary>Bytes put so far.</summary>
    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _room[..Length];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(byte one) => _room[Length++] = one;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(scoped ReadOnlySpan<byte> text)
    {
        text.CopyTo(_room[Length..]);
        Length += text.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(ulong number)
    {
        // Most numbers of a socket are small.
        if (number < 10)
            Put((byte)('0' + number));
        else
            PutDigits(number);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void PutDigits(ulong number)
    {
        number.TryFormat(_room[Length..], out int written);
        Length += written;
    }
}
