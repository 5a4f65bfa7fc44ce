using System.Text.Json.Serialization;
using Tcpwhy.Model;

namespace Tcpwhy.Sources.Recordings;

/// <summary>The generated part of <see cref="RecordingJson"/>: snake_case, defaults left out, nothing unknown let in.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    Converters =
    [
        typeof(TimeConverter), typeof(SecondsConverter), typeof(EndpointConverter), typeof(AddressConverter),
        typeof(WordConverter<TcpState>), typeof(WordConverter<TcpFlags>), typeof(WordConverter<Opener>), typeof(WordConverter<FirstWords>), typeof(WordConverter<PortSpeech>),
    ])]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(RecordingHeader))]
internal sealed partial class RecordingJsonContext : JsonSerializerContext;
