using System.Net;
using Tcpwhy.Diagnosis;
using Tcpwhy.Filtering;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Tcpwhy.Tests.Cli;

namespace Tcpwhy.Tests.Scenarios;

/// <summary>A recording of a fault made by the lab, as the whole host or only one of its machines saw it.</summary>
internal static class Scenario
{
    public static readonly string Folder = Path.Combine(Golden.Repository, "tests/Tcpwhy.Tests/Scenarios");

    /// <summary>Names of the recordings, each beginning with its cause: <c>process-crash.exit</c>.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. Directory.GetFiles(Folder, "*.jsonl").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    public static string CauseOf(string scenario) => scenario.Split('.')[0];

    public static string PathOf(string scenario) => Path.Combine(Folder, scenario + ".jsonl");

    public static IReadOnlyList<Event> Read(string scenario)
    {
        List<Event> events = [];
        using RecordingSource source = RecordingSource.Open(PathOf(scenario));
        source.Run(events.Add, CancellationToken.None);
        return events;
    }

    /// <summary>The answer that a stream of events leads to.</summary>
    public static Answer Judge(IEnumerable<Event> events)
    {
        var diagnoser = new Diagnoser(Filter.Everything);
        foreach (Event next in events)
            diagnoser.Observe(next);
        return diagnoser.Conclude();
    }

    /// <summary>What a watcher on one machine alone would have seen: the other, and the router between, as if they were other hosts.</summary>
    public static IEnumerable<Event> SeenOnlyBy(View view, IReadOnlyList<Event> events)
    {
        bool podServes = events.Any(next => next is Listening listening && IsAt(listening.Local.Address, Pod));
        bool IsOn(View view, IPAddress address) =>
            address.GetAddressBytes()[0] is 10 or 0xfd && (IsAt(address, Server) || podServes && IsAt(address, Pod)) == (view == View.ServerOnly);
        HashSet<uint> own = [.. events.Where(next => LocalOf(next) is { } local && IsOn(view, local.Address)).Select(next => next.Netns)];
        HashSet<int> pids = [.. events.OfType<SocketEvent>().Where(next => own.Contains(next.Netns)).Select(next => next.Process?.Pid ?? 0)];
        return events.Where(next => next is Dropped { Netns: 0 } atSocket ? IsOn(view, atSocket.Local.Address) : next.Netns == 0 ? next is not ProcessExited exited || pids.Contains(exited.Process.Pid) : own.Contains(next.Netns));
    }

    // A router drops what is for others, so that its drops do not tell its own address.
    private static Endpoint? LocalOf(Event next) => next switch
    {
        Dropped or ConntrackLooked => null,
        SocketEvent socket => socket.Local,
        Listening listening => listening.Local,
        SocketsWaiting waiting => waiting.Local,
        PoolLooked pool => pool.Local,
        _ => null,
    };

    // The lab's machines have fixed places: 10.x.2.2 and fd00:7c:x:2::2 are the server; 10.x.1.2 and fd00:7c:x:1::2 the client, or a proxy on the router between; the container on 4 is either.
    private const int Server = 2, Pod = 4;

    private static bool IsAt(IPAddress address, int place)
    {
        byte[] bytes = address.GetAddressBytes();
        return bytes[^1] == 2 && (bytes.Length == 4 ? bytes[2] : bytes[7]) == place;
    }
}

/// <summary>Which machine watched.</summary>
public enum View
{
    ClientOnly,
    ServerOnly,
}
