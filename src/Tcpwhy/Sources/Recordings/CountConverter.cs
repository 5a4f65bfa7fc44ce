using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tcpwhy.Sources.Recordings;

/// <summary>A count, a size or a number that names something: never negative, never infinite.</summary>
internal sealed class CountConverter<T> : JsonConverter<T> where T : struct, INumber<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number
        && T.TryParse(reader.ValueSpan, NumberStyles.Float, null, out T number)
        && number >= T.Zero && T.IsFinite(number)
            ? number : throw new JsonException();

    // A negative count is the source's mistake and says nothing: what is written must be readable.
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        T count = T.IsFinite(value) ? T.Max(value, T.Zero) : T.Zero;
        Span<byte> digits = stackalloc byte[32];
        count.TryFormat(digits, out int length, default, null);
        writer.WriteRawValue(digits[..length], skipInputValidation: true);
    }
}
