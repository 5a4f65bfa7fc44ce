using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Commands;

/// <summary>Where the events shall come from, as the command line's plain words say it: a file, or live with a filter.</summary>
internal sealed record SourceChoice(string? File, IReadOnlyList<string> Filter)
{
    private static readonly string[] Extensions = [".jsonl", ".pcap", ".pcapng"];

    /// <summary>Whether the events come from this host, now.</summary>
    public bool IsLive => File is null;

    /// <summary>Tells the file among the words from the filter: it exists, or its name ends as recordings and captures do.</summary>
    public static SourceChoice From(IEnumerable<string> words)
    {
        string? file = null;
        List<string> filter = [];
        foreach (string word in words)
        {
            if (!IsFile(word))
                filter.Add(word);
            else if (file is not null)
                throw new ToolException($"one file at a time: '{file}' or '{word}'", ExitCode.Usage);
            else
                file = word;
        }
        if (file is not null && !System.IO.File.Exists(file))
            throw new ToolException($"no such file: {file}", ExitCode.Usage);
        return new SourceChoice(file, filter);
    }

    /// <summary>Opens the source.</summary>
    public ISource Open() => throw new ToolException(IsLive ? "no privilege" : $"cannot read {File}", ExitCode.PrivilegeMissing);

    /// <summary>Opens a recording to be written: hands out what writes an event, and closes with what it returns. One that exists is kept, unless forced.</summary>
    public static IDisposable Keep(string path, bool force, out Action<Event> write) => throw new ToolException($"cannot write {path}", ExitCode.Storage);

    /// <summary>Looks what can be seen here.</summary>
    public static Visibility Look() => throw new ToolException("no privilege", ExitCode.PrivilegeMissing);

    private static bool IsFile(string word) =>
        Array.Exists(Extensions, extension => word.EndsWith(extension, StringComparison.Ordinal)) || System.IO.File.Exists(word);
}
