using System.Globalization;
using System.Text;

namespace Tcpwhy.Cli.Ui.Html;

/// <summary>Writes HTML in which nothing from outside becomes markup: text and values are escaped here and nowhere else; tags and names of attributes are constants of ours.</summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder _page = new();
    private readonly Stack<string> _open = new();

    public override string ToString() => _page.ToString();

    /// <summary>Begins an element; an attribute whose value is null is left out.</summary>
    public HtmlWriter Open(string tag, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Tag(tag, attributes);
        _open.Push(tag);
        return this;
    }

    /// <summary>Begins an element of these classes.</summary>
    public HtmlWriter Open(string tag, string classes) => Open(tag, ("class", classes));

    /// <summary>Ends the element that was begun last.</summary>
    public HtmlWriter Close()
    {
        _page.Append("</").Append(_open.Pop()).Append(">\n");
        return this;
    }

    /// <summary>An element that has no content, as meta.</summary>
    public HtmlWriter Void(string tag, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Tag(tag, attributes);
        _page.Append('\n');
        return this;
    }

    /// <summary>An element with text alone.</summary>
    public HtmlWriter Element(string tag, string text, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Tag(tag, attributes);
        Put(text);
        _page.Append("</").Append(tag).Append('>');
        return this;
    }

    public HtmlWriter Element(string tag, string classes, string text) => Element(tag, text, ("class", classes));

    /// <summary>A figure: what is read, and beside it the exact value and its place in the JSON report.</summary>
    public HtmlWriter Figure(string shown, double value, string path) =>
        Element("data", shown, ("value", value.ToString("R", CultureInfo.InvariantCulture)), ("data-figure", path));

    public HtmlWriter Text(string text)
    {
        Put(text);
        return this;
    }

    /// <summary>The style sheet, which is ours: it stands in the program, and its hash in the page's policy.</summary>
    public HtmlWriter Style(string sheet)
    {
        _page.Append("<style>").Append(sheet).Append("</style>\n");
        return this;
    }

    public HtmlWriter Doctype()
    {
        _page.Append("<!doctype html>\n");
        return this;
    }

    /// <summary>A number for an attribute of SVG.</summary>
    public static string Coordinate(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private void Tag(string tag, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        _page.Append('<').Append(tag);
        foreach ((string name, string? value) in attributes)
        {
            if (value is null)
                continue;
            _page.Append(' ').Append(name).Append("=\"");
            Put(value);
            _page.Append('"');
        }
        _page.Append('>');
    }

    private void Put(string text)
    {
        foreach (char c in Escape.Visible(text))
        {
            _ = c switch
            {
                '&' => _page.Append("&amp;"),
                '<' => _page.Append("&lt;"),
                '>' => _page.Append("&gt;"),
                '"' => _page.Append("&quot;"),
                '\'' => _page.Append("&#39;"),
                _ => _page.Append(c),
            };
        }
    }
}
