using System.Text;

namespace Tcpwhy.Balancers.Reading;

/// <summary>Reads haproxy.cfg: sections, quoting, escapes, comments and variables, as §2.2 of its configuration manual has them.</summary>
internal sealed class HaproxyReader(SourceFile file, Dictionary<string, string> variables)
{
    private static readonly string[] Kinds =
    [
        "global", "defaults", "frontend", "backend", "listen", "peers", "resolvers", "mailers", "program", "http-errors", "ring", "cache",
        "userlist", "log-forward", "log-profile", "fcgi-app", "crt-store", "traces", "acme",
    ];

    /// <summary>The sections of the file, in order.</summary>
    /// <exception cref="InvalidDataException">It is malformed; the message begins with file and line.</exception>
    public List<HaproxySection> Read()
    {
        List<HaproxySection> sections = [];
        for (int number = 1; number <= file.LineCount; number++)
        {
            List<Word> words = Words(file.StartOf(number), file.EndOf(number));
            // Conditions (.if, .else) choose lines at start-up: all of them are looked at.
            if (words.Count == 0 || words[0].Text.StartsWith('.'))
                continue;
            var line = new HaproxyLine(file, words);
            if (Array.IndexOf(Kinds, line[0]) >= 0)
                sections.Add(Section(line));
            else if (sections.Count == 0)
                throw file.Wrong(line.Start, $"'{line[0]}' stands before any section; sections begin with global, defaults, frontend, backend or listen");
            else
                sections[^1].Lines.Add(line);
            if ((line.Says("setenv") || line.Says("presetenv")) && words.Count >= 3)
                variables[line[1]] = line[2];
        }
        return sections;
    }

    private HaproxySection Section(HaproxyLine line)
    {
        if (line[0] is "frontend" or "backend" or "listen" && line.Words.Count < 2)
            throw file.Wrong(line.Start, $"'{line[0]}' needs a name");
        return new HaproxySection(line, line[0], line[1] == "from" ? "" : line[1], line.After("from"));
    }

    private List<Word> Words(int start, int end)
    {
        List<Word> words = [];
        string text = file.Text;
        int at = start;
        while (true)
        {
            while (at < end && text[at] is ' ' or '\t')
                at++;
            if (at >= end || text[at] == '#')
                return words;
            int begin = at;
            StringBuilder word = new();
            while (at < end && text[at] is not (' ' or '\t' or '#'))
                at = Piece(at, end, word);
            words.Add(new Word(word.ToString(), begin, at));
        }
    }

    /// <summary>One character, escape or quoted part of a word; returns where the next begins.</summary>
    private int Piece(int at, int end, StringBuilder word)
    {
        string text = file.Text;
        if (text[at] == '\\')
        {
            if (at + 1 >= end)
                throw file.Wrong(at, "a backslash at the end of a line escapes nothing; HAProxy has no continued lines");
            word.Append(text[at + 1]);
            return at + 2;
        }
        if (text[at] is not ('"' or '\''))
        {
            word.Append(text[at]);
            return at + 1;
        }
        char quote = text[at];
        for (int i = at + 1; i < end; i++)
        {
            if (text[i] == quote)
                return i + 1;
            if (quote == '"' && text[i] == '\\' && i + 1 < end)
                word.Append(text[++i]);
            else if (quote == '"' && text[i] == '$')
                i = Variable(i, end, word);
            else
                word.Append(text[i]);
        }
        throw file.Wrong(at, $"the quote {quote} is not closed");
    }

    /// <summary>A variable that the file sets is replaced; another stays as it is written, for nobody here knows it. Returns its last character.</summary>
    private int Variable(int at, int end, StringBuilder word)
    {
        string text = file.Text;
        bool braced = at + 1 < end && text[at + 1] == '{';
        int first = braced ? at + 2 : at + 1, last = first;
        while (last < end && (char.IsAsciiLetterOrDigit(text[last]) || text[last] is '_' or '.'))
            last++;
        string name = text[first..last];
        int close = braced ? text.IndexOf('}', last, end - last) : last - 1;
        if (braced && close < 0)
            throw file.Wrong(at, "${ is not closed");
        word.Append(variables.TryGetValue(name, out string? value) ? value : text[at..(close + 1)]);
        return close;
    }
}
