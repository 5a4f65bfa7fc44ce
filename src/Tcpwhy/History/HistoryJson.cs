using System.Text.Json.Serialization;
using Tcpwhy.Alerting;
using Tcpwhy.Model;
using Tcpwhy.Sources.Recordings;

namespace Tcpwhy.History;

/// <summary>How history spells what it keeps. Members that a later version added are skipped by an earlier one.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true,
    Converters = [typeof(EndpointConverter), typeof(AddressConverter)])]
[JsonSerializable(typeof(Finding[]))]
[JsonSerializable(typeof(Point))]
[JsonSerializable(typeof(AlertChange))]
[JsonSerializable(typeof(Unavailable[]))]
internal sealed partial class HistoryJson : JsonSerializerContext;
