using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tcpwhy.Sources.Recordings;

/// <summary>An enum as its name in snake_case: <c>close_wait</c>; flags with a + between them: <c>syn+ack</c>.</summary>
internal sealed class WordConverter<T> : JsonConverter<T> where T : struct, Enum
{
    private static readonly T[] Values = Enum.GetValues<T>();

    /// <summary>The words in the order of their values.</summary>
    public static readonly string[] Words = [.. Values.Select(value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()))];
    private static readonly bool IsFlags = typeof(T).IsDefined(typeof(FlagsAttribute), false);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException();
        int bits = 0;
        foreach (string word in IsFlags ? reader.GetString()!.Split('+') : [reader.GetString()!])
        {
            int at = Array.IndexOf(Words, word);
            bits |= at >= 0 ? Bits(Values[at]) : throw new JsonException();
        }
        return (T)Enum.ToObject(typeof(T), bits);
    }

    // What a newer kernel knows and we do not is written as the first word, "unknown" or "none".
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        int at = Array.IndexOf(Values, value);
        if (at >= 0)
            writer.WriteStringValue(Words[at]);
        else if (IsFlags && Words.Where((_, i) => (Bits(value) & Bits(Values[i])) != 0).ToArray() is { Length: > 0 } set)
            writer.WriteStringValue(string.Join('+', set));
        else
            writer.WriteStringValue(Words[0]);
    }

    private static int Bits(T value) => Convert.ToInt32(value);
}
