using System.Globalization;
using System.Net;
using Tcpwhy.Model;
using Tcpwhy.Watching;

namespace Tcpwhy.Tests.History;

/// <summary>Broken connections and ticks as a watch makes them.</summary>
internal static class Told
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public static Finding Failure(DateTimeOffset time, string client = "10.0.3.4:51234", string server = "10.0.9.8:443", string cause = "server-close-unread", Severity severity = Severity.Critical)
    {
        _ = Endpoint.TryParse(client, out Endpoint near);
        _ = Endpoint.TryParse(server, out Endpoint far);
        return Cli.Examples.CloseUnread with
        {
            Cause = cause,
            Severity = severity,
            Count = 1,
            Local = far,
            Peer = near with { Port = 0 },
            First = time.AddMilliseconds(-20),
            Last = time,
            Examples = [new Example(near, far, time, [new TimelineEntry(TimeSpan.FromMilliseconds(-20), "client", "last data sent"), new TimelineEntry(TimeSpan.Zero, "server", "reset sent: TCP_ABORT_ON_CLOSE")])],
        };
    }

    /// <summary>The failure of this number, each from its own port.</summary>
    public static Finding Numbered(int number, DateTimeOffset time) =>
        Failure(time, new Endpoint(IPAddress.Parse("10.0.3.4"), 1024 + (number % 60_000)).ToString()) with { Facts = new Dictionary<string, string> { ["unread"] = number.ToString(CultureInfo.InvariantCulture) } };

    public static Tick Tick(DateTimeOffset end, params Finding[] findings) => new()
    {
        Start = end.AddSeconds(-5),
        Reading = Scratch.At(end) with { Traffic = new(10, 10 - findings.Length, findings.Length, 0) },
        Findings = findings,
    };
}
