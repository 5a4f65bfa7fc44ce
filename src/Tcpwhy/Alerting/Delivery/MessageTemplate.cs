using System.Globalization;
using System.Text;
using System.Text.Json;
using Tcpwhy.Texts;

namespace Tcpwhy.Alerting.Delivery;

/// <summary>A body of JSON with places as {{summary}}, which are filled with escaped values, so that no value can break out of its string.</summary>
public sealed class MessageTemplate
{
    /// <summary>Every place that a template may have.</summary>
    public static readonly IReadOnlyList<string> Places =
    [
        "summary", "details", "status", "change", "state", "severity", "host", "rule", "signal", "subject", "cause",
        "value", "threshold", "peak", "time", "fired", "id", "more", "mark",
    ];

    // As Slack, Mattermost and Rocket.Chat take it.
    internal static readonly MessageTemplate Slack = Parse(
        """{"text":"{{mark}} *{{state}}* {{summary}} ({{host}})","attachments":[{"fallback":"{{summary}}","text":"{{details}}","footer":"tcpwhy · {{rule}} · {{time}}"}]}""");

    // Texts and the names of places between them, in turn.
    private readonly string[] _parts;

    private MessageTemplate(string[] parts) => _parts = parts;

    /// <summary>Reads a template.</summary>
    /// <exception cref="InvalidDataException">A place is unknown, or what comes out is no JSON: says what would be right.</exception>
    public static MessageTemplate Parse(string text)
    {
        List<string> parts = [];
        int done = 0;
        for (int open = text.IndexOf("{{", StringComparison.Ordinal); open >= 0; open = text.IndexOf("{{", done, StringComparison.Ordinal))
        {
            int close = text.IndexOf("}}", open, StringComparison.Ordinal);
            string name = close < 0 ? text[(open + 2)..] : text[(open + 2)..close].Trim();
            // {{{ is an object in an object, not a place.
            if (close < 0 || (name.Length > 0 && !char.IsAsciiLetter(name[0])))
            {
                if (close < 0 && Places.Any(place => name.StartsWith(place, StringComparison.Ordinal)))
                    throw new InvalidDataException("a place is not closed: write {{summary}}");
                throw new InvalidDataException("'{{' begins a place as {{summary}}; put a space between braces that are meant as JSON");
            }
            if (!Places.Contains(name))
                throw new InvalidDataException($"there is no place {{{{{name}}}}}{Nearest.Hint(name, Places)}");
            parts.Add(text[done..open]);
            parts.Add(name);
            done = close + 2;
        }
        parts.Add(text[done..]);
        var template = new MessageTemplate([.. parts]);
        try
        {
            using JsonDocument _ = JsonDocument.Parse(template.Fill(place => IsNumber(place) ? "1" : "\\\" \\u0000"));
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException($"it is no JSON when its places are filled ({wrong.Message.Split(" LineNumber")[0]}); a place of text stands in quotes", wrong);
        }
        return template;
    }

    /// <summary>The body for a notice.</summary>
    /// <param name="markup">Whether the receiver reads &lt;…&gt; and &amp; as markup, as Slack does: a process could call everybody by its name.</param>
    internal byte[] Body(AlertDocument document, AlertWords words, AlertNotice notice, bool markup)
    {
        string Value(string place) => place switch
        {
            "summary" => document.Summary,
            "details" => string.Join('\n', document.Details),
            "status" => document.Status,
            "change" => document.Change,
            "state" => words.State(notice.Change),
            "severity" => document.Severity,
            "host" => document.Host,
            "rule" => document.Rule,
            "signal" => document.Signal,
            "subject" => document.Subject,
            "cause" => document.Cause ?? "",
            "value" => document.Value.ToString("R", CultureInfo.InvariantCulture),
            "threshold" => document.Threshold.ToString("R", CultureInfo.InvariantCulture),
            "peak" => document.Peak.ToString("R", CultureInfo.InvariantCulture),
            "time" => AlertShapes.TimeText(document.Time),
            "fired" => AlertShapes.TimeText(document.Fired),
            "id" => document.Id,
            "more" => document.More,
            _ => document.Status == "resolved" ? "✓" : document.Severity == "critical" ? "✗" : "!",
        };
        return Encoding.UTF8.GetBytes(Fill(place =>
        {
            string value = Value(place);
            if (markup)
                value = value.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
            return JsonEncodedText.Encode(value, AlertShapes.Encoder).ToString();
        }));
    }

    // They may stand without quotes, as a number of JSON.
    private static bool IsNumber(string place) => place is "value" or "threshold" or "peak";

    private string Fill(Func<string, string> value)
    {
        StringBuilder filled = new();
        for (int i = 0; i < _parts.Length; i++)
            filled.Append(i % 2 == 0 ? _parts[i] : value(_parts[i]));
        return filled.ToString();
    }
}
