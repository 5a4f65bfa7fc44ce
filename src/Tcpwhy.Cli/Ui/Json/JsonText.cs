using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>JSON that is harmless on a terminal: the library's readable encoder lets marks through that reverse a line.</summary>
internal static class JsonText
{
    public static string Of<T>(T document, JsonTypeInfo<T> shape)
    {
        string json = JsonSerializer.Serialize(document, shape);
        StringBuilder? safe = null;
        int done = 0;
        for (int i = 0; i < json.Length; i++)
        {
            if (json[i] < 0x7F || char.GetUnicodeCategory(json[i]) is not (UnicodeCategory.Format or UnicodeCategory.Control))
                continue;
            safe ??= new StringBuilder(json.Length + 32);
            safe.Append(json, done, i - done).Append($"\\u{(int)json[i]:x4}");
            done = i + 1;
        }
        return safe?.Append(json, done, json.Length - done).ToString() ?? json;
    }
}
