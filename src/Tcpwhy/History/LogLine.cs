using Tcpwhy.Model;

namespace Tcpwhy.History;

/// <summary>What a line of some program's log says of a connection: when, and between whom.</summary>
/// <param name="Times">All moments that it may mean.</param>
/// <param name="Ends">Endpoints, port 0 where it names an address alone.</param>
/// <param name="Ports">Ports without an address.</param>
public sealed record LogLine(IReadOnlyList<LogTime> Times, IReadOnlyList<Endpoint> Ends, IReadOnlyList<int> Ports)
{
    /// <summary>Longer than any line worth pasting; what stands behind is not read.</summary>
    private const int Most = 16_384;

    /// <summary>Reads a line; a time without a zone is the host's own, and perhaps UTC.</summary>
    /// <exception cref="ToolException">It names neither a time nor an end of a connection.</exception>
    public static LogLine Read(string text, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (text.Length > Most)
            text = text[..Most];
        char[] rest = text.ToCharArray();
        List<LogTime> times = LogTimes.Find(text, now, zone, (start, length) => rest.AsSpan(start, length).Fill(' '));
        (List<Endpoint> ends, List<int> ports) = LogEnds.Find(new string(rest));
        return times.Count + ends.Count + ports.Count > 0
            ? new LogLine(times, ends, ports)
            : throw new ToolException("--at takes a line of a log: this has neither a time nor an address that can be read", ExitCode.Usage);
    }
}
