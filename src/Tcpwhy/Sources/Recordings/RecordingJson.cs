using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tcpwhy.Model;

namespace Tcpwhy.Sources.Recordings;

/// <summary>How events are spelled in a recording: what the generated context cannot say by attributes is said here, once for all events.</summary>
internal static class RecordingJson
{
    private static readonly JsonSerializerOptions Spelling = new(RecordingJsonContext.Default.Options)
    {
        TypeInfoResolver = RecordingJsonContext.Default.WithAddedModifier(Spell),
        // Process names are read by people; the file is never put into HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static readonly JsonTypeInfo<Event> AnyEvent = (JsonTypeInfo<Event>)Spelling.GetTypeInfo(typeof(Event));
    public static readonly JsonTypeInfo<RecordingHeader> Header = (JsonTypeInfo<RecordingHeader>)Spelling.GetTypeInfo(typeof(RecordingHeader));

    /// <summary>The word after "event" and what it stands for.</summary>
    public static readonly IReadOnlyDictionary<string, Type> Kinds =
        AnyEvent.PolymorphismOptions!.DerivedTypes.ToDictionary(kind => (string)kind.TypeDiscriminator!, kind => kind.DerivedType);

    private static void Spell(JsonTypeInfo type)
    {
        foreach (JsonPropertyInfo property in type.Properties.ToArray())
        {
            // What follows from other members is not written.
            if (property is { Set: null, AssociatedParameter: null })
                type.Properties.Remove(property);
            property.Order = OrderOf(property);

            Type value = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (value == typeof(TimeSpan))
                property.Name += "_seconds";
            else if (value == typeof(ulong) && property.Name == "socket")
                property.CustomConverter = new SocketConverter();
            // A user id is the kernel's 32 bits, so that of nobody may be negative here.
            else if (value == typeof(int) && property.Name != "uid")
                property.CustomConverter = new CountConverter<int>();
            else if (value == typeof(long))
                property.CustomConverter = new CountConverter<long>();
            else if (value == typeof(double))
                property.CustomConverter = new CountConverter<double>();
            else if (value.IsArray)
                property.ShouldSerialize = (_, array) => array is Array { Length: > 0 };

            // What must be there is written even when it is 0; of a record's own parameters only the texts and addresses must.
            if (property.IsRequired)
                property.ShouldSerialize = (_, _) => true;
            else if (property.AssociatedParameter is { IsMemberInitializer: false, HasDefaultValue: false, IsNullable: false } && !value.IsValueType)
                property.IsRequired = true;
        }
    }

    // A line reads as: what, when, between whom, then the details, and last what is long.
    private static int OrderOf(JsonPropertyInfo property) => property.Name switch
    {
        "socket" => -8,
        "local" => -7,
        "remote" => -6,
        "process" => 1,
        "sample" => 2,
        _ => property.Order,
    };
}
