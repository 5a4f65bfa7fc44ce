using System.Text;

namespace Tcpwhy.Balancers.Reading;

/// <summary>Reads nginx.conf: blocks, quoting, escapes, comments, and files included by name or pattern.</summary>
/// <param name="directory">From which relative names are included: that of the main file.</param>
/// <param name="missing">Told of each include whose file is not here, with its place.</param>
internal sealed class NginxReader(SourceFile file, string directory, int depth, List<SourceFile> files, Action<NginxDirective> missing)
{
    private const int Deepest = 20;
    private const int MostFiles = 1000;
    private readonly string _text = file.Text;
    private int _at;

    /// <summary>Appends what the file says to a block.</summary>
    /// <exception cref="InvalidDataException">It is malformed; the message begins with file and line.</exception>
    public void Into(NginxDirective block)
    {
        files.Add(file);
        if (depth > Deepest || files.Count > MostFiles)
            throw file.Wrong(0, "files include each other without end");
        Body(block, opened: -1, nesting: 0);
    }

    private void Body(NginxDirective block, int opened, int nesting)
    {
        if (nesting > 100)
            throw file.Wrong(opened, "blocks stand in each other more than 100 deep");
        while (true)
        {
            List<Word> words = [];
            char end = Words(words);
            if (end == '\0' && words.Count > 0)
                throw file.Wrong(words[0].Start, $"'{words[0].Text}' is not ended by a semicolon");
            if (end == '\0')
            {
                if (opened >= 0)
                    throw file.Wrong(opened, "this block is not closed");
                return;
            }
            if (end == '}')
            {
                if (words.Count > 0)
                    throw file.Wrong(words[0].Start, $"'{words[0].Text}' is not ended by a semicolon");
                if (opened < 0)
                    throw file.Wrong(_at - 1, "this } closes no block");
                return;
            }
            if (words.Count == 0)
                throw file.Wrong(_at - 1, $"a directive is missing before {end}");
            var directive = new NginxDirective(file, words, block) { End = _at, Inside = _at };
            block.Children!.Add(directive);
            if (end == '{')
                Block(directive, nesting);
            else if (directive.Name == "include")
                Include(directive, block);
        }
    }

    private void Block(NginxDirective directive, int nesting)
    {
        directive.Children = [];
        int opened = _at - 1;
        // Of another language, in which braces and semicolons mean something else.
        if (directive.Name.EndsWith("_by_lua_block", StringComparison.Ordinal))
            Skip(opened);
        else
            Body(directive, opened, nesting + 1);
        directive.End = _at;
    }

    private void Skip(int opened)
    {
        for (int open = 1; open > 0; _at++)
        {
            if (_at >= _text.Length)
                throw file.Wrong(opened, "this block is not closed");
            open += _text[_at] == '{' ? 1 : _text[_at] == '}' ? -1 : 0;
        }
    }

    private void Include(NginxDirective directive, NginxDirective block)
    {
        if (directive.Arguments.Count != 1 || directive[0].Length == 0)
            throw file.Wrong(directive.Start, "include takes one file or pattern");
        string path = Path.Combine(directory, directive[0]);
        string? folder = Path.GetDirectoryName(path);
        bool pattern = directive[0].AsSpan().IndexOfAny('*', '?', '[') >= 0;
        string[] found = [];
        if (!pattern)
            found = File.Exists(path) ? [path] : [];
        else if (folder is not null && Directory.Exists(folder))
            found = [.. Directory.GetFiles(folder, Path.GetFileName(path)).Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal)];
        if (found.Length == 0 && !pattern)
            missing(directive);
        directive.Included = [.. found.Select(SourceFile.Read)];
        foreach (SourceFile one in directive.Included)
            new NginxReader(one, directory, depth + 1, files, missing).Into(block);
    }

    /// <summary>Reads words up to ; { } or the end of the file, and returns which.</summary>
    private char Words(List<Word> words)
    {
        while (true)
        {
            while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
                _at++;
            if (_at >= _text.Length)
                return '\0';
            char c = _text[_at];
            if (c == '#')
            {
                int line = _text.IndexOf('\n', _at);
                _at = line < 0 ? _text.Length : line + 1;
            }
            else if (c is ';' or '{' or '}')
            {
                _at++;
                return c;
            }
            else
            {
                words.Add(c is '"' or '\'' ? Quoted(c) : Plain());
            }
        }
    }

    private Word Quoted(char quote)
    {
        int start = _at++;
        StringBuilder word = new();
        for (; _at < _text.Length; _at++)
        {
            if (_text[_at] == quote)
            {
                _at++;
                if (_at < _text.Length && !char.IsWhiteSpace(_text[_at]) && _text[_at] is not (';' or '{' or '}' or ')'))
                    throw file.Wrong(start, "a quoted word is followed by more without a space");
                return new Word(word.ToString(), start, _at);
            }
            if (_text[_at] == '\\' && _at + 1 < _text.Length)
                word.Append(Unescaped(_text[++_at]));
            else
                word.Append(_text[_at]);
        }
        throw file.Wrong(start, $"the quote {quote} is not closed");
    }

    private Word Plain()
    {
        int start = _at;
        StringBuilder word = new();
        for (; _at < _text.Length; _at++)
        {
            char c = _text[_at];
            if (c == '\\' && _at + 1 < _text.Length)
                word.Append(Unescaped(_text[++_at]));
            else if (c == '$' && _at + 1 < _text.Length && _text[_at + 1] == '{' && _text.IndexOf('}', _at) is > 0 and int close)
                (_, _at) = (word.Append(_text, _at, close + 1 - _at), close);
            else if (char.IsWhiteSpace(c) || c is ';' or '{' or '}')
                break;
            else
                word.Append(c);
        }
        return new Word(word.ToString(), start, _at);
    }

    // What nginx does not know as an escape keeps its backslash: regular expressions need it.
    private static string Unescaped(char c) => c switch
    {
        't' => "\t",
        'r' => "\r",
        'n' => "\n",
        '"' or '\'' or '\\' or ' ' or ';' or '{' or '}' => c.ToString(),
        _ => "\\" + c,
    };
}
