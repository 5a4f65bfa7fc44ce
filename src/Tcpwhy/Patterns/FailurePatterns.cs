namespace Tcpwhy.Patterns;

/// <summary>What failures go along with: load, restarts, the time of day, a peer.</summary>
public static class FailurePatterns
{
    /// <summary>Fewer failures than this tell nothing.</summary>
    private const int Fewest = 5;

    /// <summary>How many tests <see cref="Of"/> makes, among which the risk of a false alarm is shared.</summary>
    public static int Tests(Failures failures) =>
        (LoadTest.Tests * (failures.Loads.Count + failures.PeerLoads.Count)) + Comms(failures).Count()
        + (ClockTest.Applies(failures) ? 1 : 0) + (failures.Connections.Count > 1 ? 1 : 0);

    /// <summary>All that is found; <paramref name="risk"/> is how likely failures that go along with nothing are said to, 0 to 1, over all <see cref="Tests"/>.</summary>
    public static IReadOnlyList<Pattern> Of(Failures failures, double risk)
    {
        int tests = Tests(failures);
        if (failures.Each.Count < Fewest || tests == 0 || failures.End <= failures.Start)
            return [];
        double each = risk / tests;
        Grid cells = failures.Loads.Select(Grid.Of).FirstOrDefault(grid => grid is not null) ?? Grid.Between(failures.Start, failures.End);
        Grid counts = cells.Counting(failures.Each.Select(failure => failure.Time));
        List<Pattern?> found = [.. failures.PeerLoads.Select(peer => WithPeer(failures, peer.Key, peer.Value, each * LoadTest.Tests))];
        found.AddRange(failures.Loads.Select(load => LoadTest.Of(failures.Name, load.Name, cells.Aligning(load), counts, each * LoadTest.Tests)));
        found.AddRange(Comms(failures).Select(comm => RestartTest.Of(failures, comm, counts, each)));
        found.Add(PeerTest.Of(failures, counts, each));
        found.Add(ClockTest.Applies(failures) ? ClockTest.Of(failures, each) : null);
        return [.. found.OfType<Pattern>()];
    }

    private static Pattern? WithPeer(Failures failures, string peer, Series load, double risk)
    {
        if (Grid.Of(load) is not { } cells)
            return null;
        Grid counts = cells.Counting(failures.Each.Where(failure => failure.Peer == peer).Select(failure => failure.Time));
        return LoadTest.Of(failures.Name, load.Name, cells, counts, risk);
    }

    private static IEnumerable<string> Comms(Failures failures) =>
        failures.Restarts.Where(restart => restart.Time >= failures.Start && restart.Time <= failures.End).Select(restart => restart.Comm).Distinct();
}
