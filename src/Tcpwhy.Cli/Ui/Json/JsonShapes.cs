using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>Every JSON document that the program writes, made at compile time so that no run pays for reflection.</summary>
[JsonSerializable(typeof(DiagnosisJson))]
[JsonSerializable(typeof(FindingJson))]
[JsonSerializable(typeof(LookupJson))]
[JsonSerializable(typeof(CauseJson))]
[JsonSerializable(typeof(CausesJson))]
[JsonSerializable(typeof(DoctorJson))]
[JsonSerializable(typeof(LintJson))]
[JsonSerializable(typeof(SarifJson))]
[JsonSerializable(typeof(LoadJson))]
[JsonSerializable(typeof(TuneJson))]
[JsonSerializable(typeof(TuneShowJson))]
[JsonSerializable(typeof(TuneStatusJson))]
[JsonSerializable(typeof(PoolsJson))]
[JsonSerializable(typeof(ConfigJson))]
[JsonSerializable(typeof(ProbeJson))]
[JsonSerializable(typeof(ListenJson))]
[JsonSerializable(typeof(ReportJson))]
[JsonSerializable(typeof(SummaryJson))]
[JsonSerializable(typeof(ScoreJson))]
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
internal sealed partial class JsonShapes : JsonSerializerContext
{
    /// <summary>Indented, for one document.</summary>
    public static readonly JsonShapes Document = new(Written(indented: true));

    /// <summary>On one line, for ndjson.</summary>
    public static readonly JsonShapes Line = new(Written(indented: false));

    private static JsonSerializerOptions Written(bool indented)
    {
        JsonSerializerOptions options = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            // Korean stays readable; JsonText escapes what could harm a terminal.
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            WriteIndented = indented,
            NewLine = "\n",
        };
        options.Converters.Add(new Rfc3339());
        return options;
    }

    /// <summary>Times in UTC with microseconds: 2026-03-04T12:00:03.120000Z.</summary>
    private sealed class Rfc3339 : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"));
    }
}
