using System.Text.Json.Serialization;

namespace Tcpwhy.Tuning;

/// <summary>The journal as it is stored.</summary>
[JsonSerializable(typeof(Journal))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
internal sealed partial class JournalJson : JsonSerializerContext;
