using System.Text;

namespace Tcpwhy.Balancers;

/// <summary>Lines of a configuration, indented, with comments wrapped at 100 columns.</summary>
internal sealed class ConfigurationText(string indentation)
{
    private const int Width = 100;
    private readonly StringBuilder _text = new();
    private string _indent = "";

    public ConfigurationText Line(string line)
    {
        _text.Append(_indent).Append(line).Append('\n');
        return this;
    }

    public ConfigurationText Blank()
    {
        _text.Append('\n');
        return this;
    }

    /// <summary>Why the lines that follow are as they are.</summary>
    public ConfigurationText Why(string reason)
    {
        string line = _indent + "#";
        foreach (string word in reason.Split(' '))
        {
            if (line.Length + 1 + word.Length > Width)
            {
                _text.Append(line).Append('\n');
                line = _indent + "#";
            }
            line += " " + word;
        }
        _text.Append(line).Append('\n');
        return this;
    }

    /// <summary>A head and its lines, indented; <paramref name="tail"/> closes it where the language has a mark for that.</summary>
    public ConfigurationText Block(string head, Action body, string? tail = null)
    {
        Line(head);
        string outer = _indent;
        _indent += indentation;
        body();
        _indent = outer;
        if (tail is not null)
            Line(tail);
        return this;
    }

    public override string ToString() => _text.ToString();
}
