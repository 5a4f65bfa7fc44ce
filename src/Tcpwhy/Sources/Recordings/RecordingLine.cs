using System.Text.Json;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Sources.Recordings;

/// <summary>Reads one line of a recording: the only way from a file's bytes to an event.</summary>
internal static class RecordingLine
{
    /// <summary>The event that the line holds; <see cref="InvalidDataException"/> names the member that is wrong.</summary>
    public static Event Parse(ReadOnlySpan<byte> line)
    {
        Type kind = KindOf(line);
        try
        {
            return Whole(JsonSerializer.Deserialize(line, RecordingJson.AnyEvent));
        }
        catch (Exception error) when (RecordingFault.IsOfInput(error))
        {
            throw new InvalidDataException(RecordingFault.Explain(line, error, RecordingJson.AnyEvent.Options.GetTypeInfo(kind)), error);
        }
    }

    // The reader's own words for a missing or unknown discriminator would speak of types.
    private static Type KindOf(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        try
        {
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject
                && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("event"u8)
                && reader.Read() && reader.TokenType == JsonTokenType.String)
            {
                string word = reader.GetString()!;
                return RecordingJson.Kinds.TryGetValue(word, out Type? kind) ? kind
                    : throw new InvalidDataException($"unknown event '{RecordingFault.Shorten(word)}'{Nearest.Hint(word, RecordingJson.Kinds.Keys)}");
            }
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"not JSON at byte {(error.BytePositionInLine ?? 0) + 1}", error);
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidDataException("holds a text that is not Unicode", error);
        }
        throw new InvalidDataException("should be an object whose first member is \"event\"");
    }

    // Generated code gives a member that is left out its type's default instead of its initializer, and lets null into lists.
    private static Event Whole(Event? e) => e switch
    {
        Started s => s with { Unavailable = WithoutNull(s.Unavailable, "unavailable") },
        SocketsWaiting w => w with { Examples = w.Examples ?? [] },
        PoolLooked p => p with { Threads = p.Threads ?? [] },
        SiblingsCounted s => s with { Addresses = WithoutNull(s.Addresses, "addresses") },
        TrafficCounted t => t with { Flows = WithoutNull(t.Flows, "flows"), Relays = WithoutNull(t.Relays, "relays") },
        not null => e,
        null => throw new InvalidDataException("should be an object"),
    };

    private static T[] WithoutNull<T>(T[]? list, string name) =>
        list is null ? [] : Array.IndexOf(list, default) is >= 0 and var at ? throw new InvalidDataException($"{name}[{at}]: is null") : list;
}
