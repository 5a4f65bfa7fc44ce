using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tcpwhy.Sources.Recordings;

/// <summary>A socket's number within its recording: <c>s17</c>.</summary>
internal sealed class SocketConverter : JsonConverter<ulong>
{
    public override ulong Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
        && reader.GetString() is ['s', .. var number]
        && ulong.TryParse(number, NumberStyles.None, null, out ulong socket)
            ? socket : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options) =>
        writer.WriteStringValue($"s{value}");
}
