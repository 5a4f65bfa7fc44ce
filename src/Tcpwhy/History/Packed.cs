using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tcpwhy.History;

/// <summary>A value as history stores it: its JSON under Brotli. Findings of one cause repeat each other, so that a hundred take little more than ten.</summary>
internal static class Packed
{
    /// <summary>Of quality 1 a thousand findings take 10 ms; 4 would save a tenth for thrice the time.</summary>
    private const int Quality = 1;
    private const int Window = 20;

    /// <summary>A bound on what a damaged or hostile file can make us hold.</summary>
    private const int Most = 64 << 20;

    public static byte[] Of<T>(T value, JsonTypeInfo<T> shape)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(value, shape);
        byte[] packed = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(json.Length) + 16);
        try
        {
            return BrotliEncoder.TryCompress(json, packed, out int length, Quality, Window)
                ? packed.AsSpan(0, length).ToArray()
                : throw new InvalidOperationException("Brotli needed more than its own bound");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed);
        }
    }

    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static T Read<T>(byte[] packed, JsonTypeInfo<T> shape)
    {
        try
        {
            using var plain = new MemoryStream();
            using var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
            byte[] piece = ArrayPool<byte>.Shared.Rent(64 * 1024);
            try
            {
                while (brotli.Read(piece) is var length and > 0)
                {
                    plain.Write(piece, 0, length);
                    if (plain.Length > Most)
                        throw new InvalidDataException("a record of more than 64 MiB");
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(piece);
            }
            return JsonSerializer.Deserialize(plain.GetBuffer().AsSpan(0, (int)plain.Length), shape) ?? throw new InvalidDataException("an empty record");
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"a record that is not history's: {damaged.Message}", damaged);
        }
    }
}
