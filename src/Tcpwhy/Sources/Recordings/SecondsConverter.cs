using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tcpwhy.Sources.Recordings;

/// <summary>A length of time as a number of seconds, exact to 100 ns; none is negative.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out decimal seconds) && seconds is >= 0 and < 900_000_000_000m
            ? new TimeSpan((long)(seconds * TimeSpan.TicksPerSecond)) : throw new JsonException();

    // Two clocks read in turn may give a little less than nothing: what is written must be readable.
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(Math.Max(value.Ticks, 0) / (decimal)TimeSpan.TicksPerSecond);
}
