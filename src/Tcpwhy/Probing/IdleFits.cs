namespace Tcpwhy.Probing;

/// <summary>Names the defaults and settings whose value is the limit that was measured. Each is a hypothesis: many products share a number.</summary>
public static class IdleFits
{
    private const int Most = 6;

    /// <summary>Those that fit, best first: what was read on this host, then what ends connections in the way that was seen.</summary>
    public static IReadOnlyList<IdleFit> Of(IdleLimit limit, bool afterRequest, IEnumerable<KnownTimeout> known, IEnumerable<IdleFit> here) =>
    [
        .. here.Where(setting => Near(limit, setting.Timeout)),
        .. known.Where(one => one.Default is { } time && Near(limit, time) && Ends(one, limit.How))
            .OrderBy(one => Rank(one, limit.How, afterRequest))
            .ThenBy(one => (one.Default.GetValueOrDefault() - limit.Timeout).Duration())
            .Select(one => new IdleFit(one.Versions is null ? one.Product : $"{one.Product} {one.Versions}", one.Setting, one.Default.GetValueOrDefault(), one.Source, false))
            .Take(Most),
    ];

    /// <summary>Whether a value is the measured one: within what was measured, 2 %, or a timer's usual slack (a second, a tenth at most).</summary>
    internal static bool Near(IdleLimit limit, TimeSpan value)
    {
        double slack = Math.Max(limit.Spread.TotalSeconds, Math.Max(value.TotalSeconds * 0.02, Math.Min(1, value.TotalSeconds * 0.1)));
        return Math.Abs((limit.Timeout - value).TotalSeconds) <= slack;
    }

    // A pool is on our side of the connection. A program closes; what is on the path cannot, but may reset.
    private static bool Ends(KnownTimeout one, IdleEnd how) => one.Side switch
    {
        TimeoutSide.Pool => false,
        TimeoutSide.Path or TimeoutSide.Unanswered => how != IdleEnd.Fin,
        _ => how == one.How || (how == IdleEnd.Reset && one.How == IdleEnd.Fin),
    };

    private static int Rank(KnownTimeout one, IdleEnd how, bool afterRequest) =>
        (one.How == how ? 0 : 2) + (one.Side == TimeoutSide.FirstRequest == afterRequest ? 1 : 0);
}
