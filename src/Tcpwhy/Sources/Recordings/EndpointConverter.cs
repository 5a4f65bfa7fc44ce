using System.Text.Json;
using System.Text.Json.Serialization;
using Tcpwhy.Model;

namespace Tcpwhy.Sources.Recordings;

/// <summary>One end of a connection: <c>10.0.0.1:80</c> or <c>[::1]:80</c>.</summary>
internal sealed class EndpointConverter : JsonConverter<Endpoint>
{
    public override Endpoint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Endpoint.TryParse(reader.GetString()!, out Endpoint endpoint)
            ? endpoint : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, Endpoint value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
