using System.Diagnostics;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Ui;

/// <summary>Says on stderr when watching begins, and on a terminal how it goes on.</summary>
internal sealed class Progress(Session session, TimeSpan? duration) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly Lock _gate = new();
    private Timer? _timer;
    private long _began;
    private long _events;
    private long _failed;

    /// <summary>Takes note of an event; called on one thread at a time.</summary>
    public void See(Event seen)
    {
        _events++;
        if (seen is TrafficCounted traffic)
            _failed += traffic.Failed;
        else if (seen is Started started && duration is not null)
            Begin(started);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_timer is null)
                return;
            _timer.Dispose();
            _timer = null;
            session.Error.Write("\r\e[K");
            session.Error.Flush();
        }
    }

    // Scripts wait for a line that begins with this word, whatever the language.
    private void Begin(Started started)
    {
        Screen talk = session.Talk;
        string how = started.Kernel is { } kernel ? talk.T("{0} on Linux {1}", started.Source, kernel) : started.Source;
        talk.Line("watching ", talk.T("TCP with {0} for {1}; Ctrl-C ends it early", how, Measure.Of(duration.GetValueOrDefault())));
        session.Error.Flush();
        if (!session.ErrorIsTerminal)
            return;
        _began = Stopwatch.GetTimestamp();
        _timer = new Timer(_ => Draw(), null, Interval, Interval);
    }

    private void Draw()
    {
        lock (_gate)
        {
            if (_timer is null)
                return;
            Screen talk = session.Talk;
            TimeSpan left = duration.GetValueOrDefault() - Stopwatch.GetElapsedTime(_began);
            string line = talk.T("{0} left, {1} events, {2} failed", Measure.Of(left < TimeSpan.Zero ? TimeSpan.Zero : left),
                Measure.Number(Volatile.Read(ref _events)), Measure.Number(Volatile.Read(ref _failed)));
            session.Error.Write($"\r\e[K  {line}");
            session.Error.Flush();
        }
    }
}
