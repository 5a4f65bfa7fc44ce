namespace Tcpwhy.Tuning;

/// <summary>How near the limits of a namespace and its host are, now.</summary>
/// <param name="Gauges">By kind, the fullest first.</param>
/// <param name="ListeningPorts">Ports with a listener in the namespace.</param>
/// <param name="Counters">The namespace's counters since it was made, as TcpExtListenOverflows.</param>
public sealed record Headroom(IReadOnlyList<Gauge> Gauges, IReadOnlySet<int> ListeningPorts, IReadOnlyDictionary<string, long> Counters)
{
    /// <summary>From here on a limit is near.</summary>
    public const double Near = 0.8;

    public static readonly Headroom Unmeasured = new([], new HashSet<int>(), new Dictionary<string, long>());

    public IEnumerable<Gauge> Of(GaugeKind kind) => Gauges.Where(gauge => gauge.Kind == kind);

    public IEnumerable<Gauge> NearLimit(GaugeKind kind) => Of(kind).Where(gauge => gauge.Share >= Near);
}
