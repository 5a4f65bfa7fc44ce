using Tcpwhy.Pools;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>An audit of pools as <c>tcpwhy.pools/1</c>: see docs/schemas/pools.json.</summary>
internal sealed record PoolsJson(
    string Schema,
    WindowJson Window,
    string Source,
    int Samples,
    bool ChurnFromKernel,
    double CpuSeconds,
    UnseenJson Unseen,
    IReadOnlyDictionary<string, int> Verdicts,
    IReadOnlyList<PoolJson> Pools)
{
    public static PoolsJson Of(PoolReport report, Language language)
    {
        SortedDictionary<string, int> verdicts = new(StringComparer.Ordinal);
        foreach (PoolVerdict verdict in Enum.GetValues<PoolVerdict>())
            verdicts[PoolWords.Code(verdict)] = report.Pools.Count(pool => pool.First.Verdict == verdict);
        return new PoolsJson(
            "tcpwhy.pools/1",
            new WindowJson(report.Start, report.End, Math.Round((report.End - report.Start).TotalSeconds, 6)),
            report.Source,
            report.Samples,
            report.ChurnFromKernel,
            Math.Round(report.CpuSeconds, 6),
            new UnseenJson(report.Unseen.Namespaces, report.Unseen.Processes),
            verdicts,
            [.. report.Pools.Select(pool => PoolJson.Of(pool, language))]);
    }
}

/// <summary>What could not be seen for want of privilege.</summary>
internal sealed record UnseenJson(int Namespaces, int Processes);
