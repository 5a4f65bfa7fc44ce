using Tcpwhy.Filtering;
using Tcpwhy.History;
using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Sources;
using Tcpwhy.Tests.Sources;
using Watch = Tcpwhy.Watching.Watch;

namespace Tcpwhy.Tests.History;

/// <summary>A directory for one test's history file, and what the writer said.</summary>
internal sealed class Scratch : IDisposable
{
    // In memory where there is room: what a disk adds is waiting.
    private readonly DirectoryInfo _directory = Directory.CreateDirectory(System.IO.Path.Combine(
        Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath(), $"tcpwhy-history-{Guid.NewGuid():N}"));

    public string Path => System.IO.Path.Combine(_directory.FullName, "history.db");

    public List<string> Said { get; } = [];

    public HistoryWriter Open(TimeProvider? time = null, HistoryLimits? limits = null) => HistoryFile.Open(Path, limits ?? HistoryLimits.Usual, Say, time ?? new LeapingTime(Told.Noon));

    public HistoryReader Read() => HistoryFile.Read(Path);

    public void Say(string phrase, object[] values)
    {
        lock (Said)
            Said.Add(string.Format(phrase, values));
    }

    /// <summary>Has events watched as they came, and kept.</summary>
    public Answer Watch(IReadOnlyList<Event> events)
    {
        using HistoryWriter history = Open();
        using var source = new Played(events);
        DateTimeOffset now = events[0].Time;
        return new Watch(source, Filter.Everything, () => At(Interlocked.Exchange(ref source.Ended, true) ? events[^1].Time.AddSeconds(1) : now), new ManualTime(now)) { History = history }
            .Run(CancellationToken.None);
    }

    public static Reading At(DateTimeOffset time) => new() { Time = time, Source = "test", Connections = 1, States = [new StateCount(TcpState.Established, 1)] };

    public void Dispose() => _directory.Delete(recursive: true);

    private sealed class Played(IReadOnlyList<Event> events) : ISource
    {
        public bool Ended;

        public void Run(Action<Event> sink, CancellationToken stop)
        {
            foreach (Event next in events)
                sink(next);
        }

        public void Dispose()
        {
        }
    }
}
