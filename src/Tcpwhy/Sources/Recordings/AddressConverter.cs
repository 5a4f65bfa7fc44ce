using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tcpwhy.Sources.Recordings;

/// <summary>An address without a port: <c>10.0.0.1</c> or <c>fe80::1</c>.</summary>
internal sealed class AddressConverter : JsonConverter<IPAddress>
{
    public override IPAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && IPAddress.TryParse(reader.GetString(), out IPAddress? address)
            ? address : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, IPAddress value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
