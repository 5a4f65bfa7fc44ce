using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Sources.Recordings;

/// <summary>Says what is wrong with a line that could not be read, in the words of the file and not of the program.</summary>
internal static class RecordingFault
{
    /// <summary>Whether an exception of the JSON reader speaks of its input: it has three types for that.</summary>
    public static bool IsOfInput(Exception error) => error is JsonException or NotSupportedException or InvalidOperationException;

    /// <summary>One clause that names the member and what would be right.</summary>
    public static string Explain(ReadOnlySpan<byte> line, Exception error, JsonTypeInfo type)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line.ToArray());
            return Find(document.RootElement, type, "") ?? $"cannot be read: {error.Message}";
        }
        catch (JsonException syntax)
        {
            return $"not JSON at byte {(syntax.BytePositionInLine ?? 0) + 1}";
        }
        catch (InvalidOperationException)
        {
            return "holds a text that is not Unicode";
        }
    }

    public static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";

    // Reads again, member by member, until one fails: it is the innermost that the reader stumbled over.
    private static string? Find(JsonElement element, JsonTypeInfo type, string at)
    {
        if (type.Kind == JsonTypeInfoKind.Object)
            return element.ValueKind == JsonValueKind.Object ? FindInObject(element, type, at) : NotThis(element, "an object", at);
        if (type.Kind == JsonTypeInfoKind.Enumerable && element.ValueKind == JsonValueKind.Array)
        {
            JsonTypeInfo item = type.Options.GetTypeInfo(type.ElementType!);
            return element.EnumerateArray().Select((value, i) => Find(value, item, $"{at}[{i}]")).FirstOrDefault(fault => fault is not null);
        }
        return Fails(element, type) ? NotThis(element, Expected(type.Type), at) : null;
    }

    private static string? FindInObject(JsonElement element, JsonTypeInfo type, string at)
    {
        string prefix = at.Length == 0 ? "" : at + ".";
        var seen = new HashSet<string>();
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!seen.Add(member.Name))
                return $"{prefix}{Shorten(member.Name)}: stands there twice";
            if (member.NameEquals("event") && at.Length == 0 && typeof(Event).IsAssignableFrom(type.Type))
                continue;
            JsonPropertyInfo? property = type.Properties.FirstOrDefault(known => known.Name == member.Name);
            if (property is null)
                return $"unknown member '{prefix}{Shorten(member.Name)}'{Nearest.Hint(member.Name, type.Properties.Select(known => known.Name))}";
            if (FindInMember(member.Value, property, prefix + member.Name) is { } fault)
                return fault;
        }
        return type.Properties.FirstOrDefault(property => property.IsRequired && !seen.Contains(property.Name)) is { } missing
            ? $"{prefix}{missing.Name}: is missing" : null;
    }

    private static string? FindInMember(JsonElement value, JsonPropertyInfo property, string at)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return property.IsSetNullable && !property.PropertyType.IsValueType ? null : NotThis(value, Expected(property.PropertyType), at);
        if (property.CustomConverter is null)
            return Find(value, property.Options.GetTypeInfo(property.PropertyType), at);
        var alone = new JsonSerializerOptions { Converters = { property.CustomConverter }, TypeInfoResolver = RecordingJsonContext.Default };
        return Fails(value, alone.GetTypeInfo(property.PropertyType)) ? NotThis(value, Expected(property.PropertyType), at) : null;
    }

    private static bool Fails(JsonElement element, JsonTypeInfo type)
    {
        try
        {
            element.Deserialize(type);
            return false;
        }
        catch (Exception error) when (IsOfInput(error))
        {
            return true;
        }
    }

    private static string NotThis(JsonElement element, string expected, string at) =>
        $"{at}: {Shorten(element.GetRawText())} is not {expected}";

    private static string Expected(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(Endpoint) => "an address with a port, as 10.0.0.1:80 or [::1]:80",
        var t when t == typeof(IPAddress) => "an address, as 10.0.0.1 or ::1",
        var t when t == typeof(DateTimeOffset) => "a time in UTC, as 2026-01-31T09:00:00.000000Z",
        var t when t == typeof(TimeSpan) => "a number of seconds, 0 or more",
        var t when t == typeof(TcpState) => "one of " + string.Join(", ", WordConverter<TcpState>.Words),
        var t when t == typeof(Opener) => "one of " + string.Join(", ", WordConverter<Opener>.Words),
        var t when t == typeof(FirstWords) => "one of " + string.Join(", ", WordConverter<FirstWords>.Words),
        var t when t == typeof(PortSpeech) => "words as tls+http, out of " + string.Join(", ", WordConverter<PortSpeech>.Words),
        var t when t == typeof(TcpFlags) => "flags as syn+ack, out of " + string.Join(", ", WordConverter<TcpFlags>.Words),
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(int) => $"a whole number from 0 to {int.MaxValue}",
        var t when t == typeof(uint) => $"a whole number from 0 to {uint.MaxValue}",
        var t when t == typeof(long) => $"a whole number from 0 to {long.MaxValue}",
        var t when t == typeof(ulong) => "a socket's number in this file, as s17",
        var t when t == typeof(double) => "a number, 0 or more",
        var t when t == typeof(string) => "a text",
        var t when t.IsArray => "a list",
        var t when t == typeof(SortedDictionary<string, long>) => "names with whole numbers, as {\"TcpInErrs\":3}",
        _ => "an object",
    };
}
