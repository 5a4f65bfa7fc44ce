using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Tcpwhy.Model;

namespace Tcpwhy.History;

/// <summary>Finds addresses and ports in any text: 10.0.3.4:51234, [fd00::8]:443, 10.0.3.4 port 51234, ('10.0.3.4', 51234), 10.0.3.4.51234, db.internal:5432, sport=51234.</summary>
internal static partial class LogEnds
{
    [GeneratedRegex(@"(?<![\d.])(?<a>(?:\d{1,3}\.){3}\d{1,3})(?:(?:[:#]|\.)(?<p>\d{1,5}))?(?!\d)")]
    private static partial Regex Four();

    [GeneratedRegex(@"\[(?<a>[0-9A-Fa-f:.]{2,45})(?:%\w{1,15})?\](?::(?<p>\d{1,5})(?!\d))?")]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"(?<![\w.:])(?<a>[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{1,43})(?![\w:])")]
    private static partial Regex Six();

    [GeneratedRegex(@"\G['""\])]{0,2}(?:\s*,\s*(?<p>\d{1,5})\s*[,)]|[\s,;]{1,2}['""]?(?:(?:remote|peer|local|client|server|source|destination|src|dst|s|d|l|r)[ _]?)?port['""]?\s?[=:]?\s?(?<p>\d{1,5}))(?!\d)", RegexOptions.IgnoreCase)]
    private static partial Regex Behind();

    [GeneratedRegex(@"(?<![\w.-])(?<h>[A-Za-z][\w-]*(?:\.[\w-]+)*):(?<p>\d{2,5})(?![\w:.-])")]
    private static partial Regex Named();

    [GeneratedRegex(@"(?:(?<![A-Za-z])|(?<=remote|peer|local|client|server|source|destination|src|dst)_?)(?:[sdlr]?port|[sd]pt)['""]?(?:\s?[=:]\s?['""]?|\s(?:is\s)?)(?<p>\d{1,5})(?!\d)|(?<=[\s(,*])\*?:(?<p>\d{2,5})(?![\d:])", RegexOptions.IgnoreCase)]
    private static partial Regex PortWord();

    /// <summary>Ends of source files in stack traces, where a line's number stands behind the colon.</summary>
    private static readonly string[] SourceFiles = [".java", ".kt", ".scala", ".py", ".go", ".rb", ".rs", ".js", ".ts", ".c", ".cc", ".cpp", ".h", ".cs", ".php", ".lua", ".pl", ".ex", ".erl"];

    /// <summary>Endpoints, port 0 where only an address is named, and ports that stand without an address.</summary>
    public static (List<Endpoint> Ends, List<int> Ports) Find(string text)
    {
        List<Endpoint> ends = [];
        List<int> ports = [];
        char[] rest = text.ToCharArray();
        foreach (Regex form in (ReadOnlySpan<Regex>)[Bracketed(), Six(), Four()])
        {
            foreach (Match match in form.Matches(new string(rest)))
            {
                if (Read(match, new string(rest), out int end) is not { } found)
                    continue;
                ends.Add(found);
                rest.AsSpan(match.Index, end - match.Index).Fill(' ');
            }
        }
        foreach (Regex form in (ReadOnlySpan<Regex>)[Named(), PortWord()])
        {
            foreach (Match match in form.Matches(new string(rest)))
            {
                bool source = Array.Exists(SourceFiles, extension => match.Groups["h"].Value.EndsWith(extension, StringComparison.OrdinalIgnoreCase));
                if (!source && Port(match.Groups["p"]) is > 0 and var port)
                    ports.Add(port);
            }
        }
        // Every address stands for every end: a listener on all of them is none.
        ends.RemoveAll(end => end.IsAnyAddress);
        return ([.. ends.Distinct()], [.. ports.Distinct()]);
    }

    private static Endpoint? Read(Match match, string text, out int end)
    {
        end = match.Index + match.Length;
        string literal = match.Groups["a"].Value;
        int port = Port(match.Groups["p"]);
        if (!IPAddress.TryParse(literal, out IPAddress? address))
        {
            // tcpdump: the port behind a last dot, or a full stop.
            int dot = literal.LastIndexOf('.');
            if (dot < 0 || !IPAddress.TryParse(literal.AsSpan(0, dot), out address))
                return null;
            port = int.TryParse(literal.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int behind) && behind <= ushort.MaxValue ? behind : 0;
        }
        // A colon less than two is a time or a ratio, and IPAddress takes "1:2" for none; "4" alone would be 0.0.0.4.
        if (address.AddressFamily == AddressFamily.InterNetworkV6 != literal.Contains(':') || port < 0)
            return null;
        if (port == 0 && Behind().Match(text, end) is { Success: true } said && Port(said.Groups["p"]) is > 0 and var named)
            (port, end) = (named, said.Index + said.Length);
        return new Endpoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port);
    }

    /// <summary>The port; 0 when there is none, -1 when the number is too large for one.</summary>
    private static int Port(Group group) =>
        !group.Success ? 0 : int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) is var port && port <= ushort.MaxValue ? port : -1;
}
