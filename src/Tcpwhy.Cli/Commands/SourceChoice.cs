using Tcpwhy.Cli.Ui;
using Tcpwhy.Filtering;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
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
        if (file is not null && !Path.Exists(file))
            throw new ToolException($"no such file: {file}", ExitCode.Usage);
        return new SourceChoice(file, filter);
    }

    /// <summary>Opens the source; what stands in the way of seeing more is told to <paramref name="talk"/>.</summary>
    public ISource Open(Screen talk, bool payload = false)
    {
        if (File is not null)
        {
            return File.EndsWith(".jsonl", StringComparison.Ordinal) || !IsCapture(File)
                ? RecordingSource.Open(File)
                : throw new ToolException($"{File}: this version judges recordings (.jsonl), not yet captures", ExitCode.Usage);
        }
        var proc = new ProcFs();
        ISource source = LiveSource.Open(new Features(proc), proc, TimeProvider.System, out string? obstacle, payload);
        if (obstacle is not null)
        {
            talk.Line(talk.T("seeing less, for the kernel cannot be watched: {0}", obstacle));
            if (Environment.UserName != "root")
                talk.Line(talk.T("to see all: {0}", "sudo ./tcpwhy diagnose"));
        }
        return source;
    }

    /// <summary>Which connections the answer is about.</summary>
    public Filter Connections() => Tcpwhy.Filtering.Filter.Parse(Filter);

    private static bool IsCapture(string path) => path.EndsWith(".pcap", StringComparison.Ordinal) || path.EndsWith(".pcapng", StringComparison.Ordinal);

    private static bool IsFile(string word) =>
        Array.Exists(Extensions, extension => word.EndsWith(extension, StringComparison.Ordinal)) || Path.Exists(word);
}
