using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tcpwhy.Sources.Recordings;

/// <summary>A moment as RFC 3339 UTC with microseconds: <c>2026-01-31T09:00:00.000123Z</c>.</summary>
internal sealed class TimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
        && DateTimeOffset.TryParseExact(reader.GetString(), "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", null, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<char> text = stackalloc char[32];
        value.UtcDateTime.TryFormat(text, out int length, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'");
        writer.WriteStringValue(text[..length]);
    }
}
