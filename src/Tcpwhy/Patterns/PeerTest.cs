using MathNet.Numerics.Distributions;

namespace Tcpwhy.Patterns;

/// <summary>Whether a peer has more failures than its share of the connections: a binomial test of the first failure of each cell, since failures of one moment share one fate.</summary>
internal static class PeerTest
{
    private const int FewestMoments = 8;

    public static FollowsPeer? Of(Failures failures, Grid cells, double risk)
    {
        double all = failures.Connections.Values.Sum();
        string[] firsts = Firsts(failures, cells);
        if (firsts.Length < FewestMoments || failures.Connections.Count < 2 || all <= 0)
            return null;
        FollowsPeer? best = null;
        foreach (IGrouping<string, string> peer in firsts.GroupBy(one => one, StringComparer.Ordinal))
        {
            // A peer that was never counted had few connections, but not none.
            double share = Math.Max(failures.Connections.GetValueOrDefault(peer.Key), 1) / all;
            double hits = (double)peer.Count() / firsts.Length;
            if (share >= 1 || hits <= share)
                continue;
            // Failures come in rows: a row tells less than as many single ones.
            double mean = hits;
            double memory = RedNoise.Memory(Array.ConvertAll(firsts, one => (one == peer.Key ? 1 : 0) - mean), 0);
            int independent = (int)(firsts.Length / RedNoise.Inflation(memory));
            int own = (int)Math.Round(hits * independent);
            double p = own == 0 ? 1 : Math.Min((1 - Binomial.CDF(share, independent, own - 1)) * failures.Connections.Count, 1);
            if (p <= risk && (best is null || p < best.P))
                best = new FollowsPeer(failures.Name, peer.Key, failures.Each.Count(one => one.Peer == peer.Key), failures.Each.Count, share) { P = Math.Max(p, 1e-15) };
        }
        return best;
    }

    private static string[] Firsts(Failures failures, Grid cells)
    {
        List<string> firsts = [];
        int last = -1;
        foreach (Failure failure in failures.Each.OrderBy(one => one.Time))
        {
            int cell = cells.CellOf(failure.Time);
            if (cell > last)
                firsts.Add(failure.Peer);
            last = cell;
        }
        return [.. firsts];
    }
}
