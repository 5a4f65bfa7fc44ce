using System.Text.Json;
using Tcpwhy.Model;

namespace Tcpwhy.Sources.Recordings;

/// <summary>The first line of a recording: what wrote it, when and where.</summary>
public sealed record RecordingHeader
{
    internal const string Family = "tcpwhy.recording/";
    internal const string CurrentSchema = Family + "1";

    public required string Schema { get; init; }

    /// <summary>When the recording began, UTC.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Name of the host that was watched.</summary>
    public string? Host { get; init; }

    /// <summary>Its kernel's release, as 6.18.0.</summary>
    public string? Kernel { get; init; }

    internal static RecordingHeader Parse(string path, ReadOnlySpan<byte> line)
    {
        string schema = SchemaOf(line)
            ?? throw new ToolException($"{path}: not a recording: its first line should begin with {{\"schema\":\"{CurrentSchema}\"", 2);
        if (!schema.StartsWith(Family, StringComparison.Ordinal) || !int.TryParse(schema.AsSpan(Family.Length), out int version) || version < 1)
            throw new ToolException($"{path}: not a recording but '{RecordingFault.Shorten(schema)}'; a recording's schema is '{CurrentSchema}'", 2);
        if (version > 1)
            throw new ToolException($"{path}: written by a newer tcpwhy ('{RecordingFault.Shorten(schema)}'; this one reads '{CurrentSchema}'): upgrade tcpwhy", 2);
        try
        {
            return JsonSerializer.Deserialize(line, RecordingJson.Header) ?? throw new JsonException();
        }
        catch (Exception error) when (RecordingFault.IsOfInput(error))
        {
            throw new ToolException($"{path}: line 1: {RecordingFault.Explain(line, error, RecordingJson.Header)}", 2);
        }
    }

    // Read before all else and leniently, because a newer schema may have members that this one does not know.
    private static string? SchemaOf(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            JsonElement header = JsonElement.ParseValue(ref reader);
            return header.ValueKind == JsonValueKind.Object
                && header.TryGetProperty("schema", out JsonElement schema)
                && schema.ValueKind == JsonValueKind.String ? schema.GetString() : null;
        }
        catch (Exception error) when (RecordingFault.IsOfInput(error))
        {
            return null;
        }
    }
}
