using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Tcpwhy.Alerting.Delivery;
using Tcpwhy.Model;

namespace Tcpwhy.Alerting;

/// <summary>The JSON of alerts: what is sent, and what is kept across restarts.</summary>
[JsonSerializable(typeof(AlertDocument))]
[JsonSerializable(typeof(KeptAlerts))]
[JsonSerializable(typeof(AlertmanagerAlert[]))]
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
internal sealed partial class AlertShapes : JsonSerializerContext
{
    /// <summary>Letters stay readable; marks that could reverse a line, or end a string in HTML, are escaped.</summary>
    public static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.Create(UnicodeRanges.BasicLatin, UnicodeRanges.HangulSyllables, UnicodeRanges.Arrows);

    public static readonly AlertShapes Written = new(Kept());

    /// <summary>A time in UTC with microseconds.</summary>
    public static string TimeText(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static JsonSerializerOptions Kept()
    {
        JsonSerializerOptions options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = Encoder };
        options.Converters.Add(new Rfc3339());
        options.Converters.Add(new JsonStringEnumConverter<AlertChangeKind>());
        options.Converters.Add(new JsonStringEnumConverter<AlertEnd>());
        options.Converters.Add(new JsonStringEnumConverter<SignalUnit>());
        options.Converters.Add(new JsonStringEnumConverter<Severity>());
        return options;
    }

    private sealed class Rfc3339 : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(TimeText(value));
    }
}
