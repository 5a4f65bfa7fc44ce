using System.Net;
using Tcpwhy.History;
using Tcpwhy.Model;
using Tcpwhy.Patterns;
using Tcpwhy.Readings;

namespace Tcpwhy.Reporting;

/// <summary>The failures of a report beside what they may go along with: load, peers, restarts.</summary>
internal static class ReportFailures
{
    private const int MostPeers = 5;

    /// <summary>Null when nothing broke.</summary>
    public static Failures? Of(Answer answer, IReadOnlyList<Point> points, IReadOnlyList<Finding> broken)
    {
        if (broken.Count == 0)
            return null;
        List<Failure> each = [];
        foreach (Finding one in broken)
        {
            string peer = one.Peer.Address.Equals(IPAddress.Any) ? "" : one.Peer.Address.ToString();
            for (int i = 0; i < one.Count; i++)
                each.Add(new Failure(one.First, peer));
        }
        return new Failures
        {
            Name = "failures",
            Start = answer.Start,
            End = answer.End,
            Each = each,
            Loads = points.Count == 0 ? [] : [new Series("connections", [.. points.Select(point => new SeriesPoint(point.End, point.Last.Connections))])],
            PeerLoads = PeerLoads(points, each),
            Restarts = Restarts(points),
            Connections = Shares(points),
        };
    }

    /// <summary>Peers that fail often and were seen in most readings: of others it is not known how many connections they had.</summary>
    private static Dictionary<string, Series> PeerLoads(IReadOnlyList<Point> points, List<Failure> each)
    {
        Dictionary<string, Series> loads = [];
        foreach (string peer in each.Where(one => one.Peer.Length > 0).GroupBy(one => one.Peer, StringComparer.Ordinal).OrderByDescending(group => group.Count()).Take(MostPeers).Select(group => group.Key))
        {
            List<SeriesPoint> load = [];
            foreach (Point point in points)
            {
                foreach (PeerCount one in point.Last.Peers)
                {
                    if (one.Address.ToString() == peer)
                        load.Add(new SeriesPoint(point.End, one.Count));
                }
            }
            if (load.Count >= 0.8 * points.Count && load.Count > 0)
                loads[peer] = new Series(peer, load);
        }
        return loads;
    }

    /// <summary>Connections of each peer over all readings, and of those that are not listed under an empty name.</summary>
    private static Dictionary<string, long> Shares(IReadOnlyList<Point> points)
    {
        Dictionary<string, long> shares = [];
        foreach (Point point in points)
        {
            long listed = 0;
            foreach (PeerCount one in point.Last.Peers)
            {
                string peer = one.Address.ToString();
                shares[peer] = shares.GetValueOrDefault(peer) + one.Count;
                listed += one.Count;
            }
            if (point.Last.Connections > listed)
                shares[""] = shares.GetValueOrDefault("") + point.Last.Connections - listed;
        }
        return shares;
    }

    /// <summary>Names whose processes have all been replaced between two readings: a server that forks keeps some.</summary>
    private static List<Restart> Restarts(IReadOnlyList<Point> points)
    {
        List<Restart> restarts = [];
        Dictionary<string, HashSet<int>> before = [];
        foreach (Point point in points)
        {
            var now = point.Last.Processes.Select(one => one.Process)
                .Concat(point.Last.Listeners.Select(one => one.Process).OfType<ProcessInfo>())
                .GroupBy(process => process.Comm, StringComparer.Ordinal);
            foreach (IGrouping<string, ProcessInfo> one in now)
            {
                HashSet<int> pids = [.. one.Select(process => process.Pid)];
                if (before.TryGetValue(one.Key, out HashSet<int>? earlier) && !earlier.Overlaps(pids))
                    restarts.Add(new Restart(point.End, one.Key));
                before[one.Key] = pids;
            }
        }
        return restarts;
    }
}
