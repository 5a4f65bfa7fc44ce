using System.Text;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Reading;

/// <summary>The text of a configuration file, in which every offset has a line.</summary>
public sealed class SourceFile
{
    private const int Largest = 8 * 1024 * 1024;
    private readonly List<int> _lines = [0];

    public SourceFile(string path, string text)
    {
        (Path, Text) = (path, text);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
                _lines.Add(i + 1);
        }
    }

    /// <summary>As it was named.</summary>
    public string Path { get; }

    public string Text { get; }

    public int LineCount => _lines.Count;

    /// <summary>Reads a file of UTF-8 text.</summary>
    /// <exception cref="ToolException">It cannot be read (exit code 7).</exception>
    /// <exception cref="InvalidDataException">It is no text.</exception>
    public static SourceFile Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > Largest)
                throw new InvalidDataException($"{path}: larger than a configuration is (8 MiB)");
            byte[] bytes = File.ReadAllBytes(path);
            int zero = Array.IndexOf(bytes, (byte)0);
            return zero < 0 ? new SourceFile(path, Encoding.UTF8.GetString(bytes)) : throw new InvalidDataException($"{path}: is no text: byte {zero} is 0");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{path}: cannot be read: {error.Message}", ExitCode.Storage);
        }
    }

    /// <summary>Number of the line, from 1, in which the offset lies.</summary>
    public int LineOf(int offset)
    {
        int found = _lines.BinarySearch(offset);
        return found >= 0 ? found + 1 : ~found;
    }

    /// <summary>Offset at which a line begins; line numbers begin at 1.</summary>
    public int StartOf(int line) => _lines[line - 1];

    /// <summary>Offset behind the last character of a line, before its end mark.</summary>
    public int EndOf(int line)
    {
        int end = line < _lines.Count ? _lines[line] - 1 : Text.Length;
        return end > StartOf(line) && Text[end - 1] == '\r' ? end - 1 : end;
    }

    /// <summary>The spaces and tabs with which the line begins.</summary>
    public string IndentOf(int line)
    {
        int start = StartOf(line), end = start;
        while (end < Text.Length && Text[end] is ' ' or '\t')
            end++;
        return Text[start..end];
    }

    /// <summary>What is wrong, and where.</summary>
    public InvalidDataException Wrong(int offset, string what) => new($"{Path}:{LineOf(offset)}: {what}");
}
