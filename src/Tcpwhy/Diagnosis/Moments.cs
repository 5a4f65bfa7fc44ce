namespace Tcpwhy.Diagnosis;

/// <summary>When processes lost a connection of theirs: a proxy passes that on to the other side at once.</summary>
internal sealed class Moments
{
    private const int Most = 10_000, MostEach = 100;

    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<int, List<DateTimeOffset>> _times = [];

    /// <summary>Notes one.</summary>
    public void Add(int pid, DateTimeOffset time)
    {
        if (_times.Count >= Most)
            _times.Clear(); // a bound; what matters is milliseconds old
        if (!_times.TryGetValue(pid, out List<DateTimeOffset>? times))
            _times[pid] = times = [];
        if (times.Count >= MostEach)
            times.RemoveAt(0);
        times.Add(time);
    }

    /// <summary>Whether the process had one just then.</summary>
    public bool Has(int pid, DateTimeOffset time) =>
        _times.TryGetValue(pid, out List<DateTimeOffset>? times) && times.Exists(other => (other - time).Duration() <= AtOnce);
}
