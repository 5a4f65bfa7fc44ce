using System.Diagnostics;
using Tcpwhy.Serving;

namespace Tcpwhy.Cli.Ui;

/// <summary>The counters of the test server on a terminal, twice a second.</summary>
internal sealed class ListenProgress : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly Session _session;
    private readonly ListenCounters _counters;
    private readonly Lock _gate = new();
    private Timer? _timer;
    private long _requests;
    private long _last = Stopwatch.GetTimestamp();

    public ListenProgress(Session session, ListenCounters counters)
    {
        (_session, _counters) = (session, counters);
        if (session.ErrorIsTerminal)
            _timer = new Timer(_ => Draw(), null, Interval, Interval);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_timer is null)
                return;
            _timer.Dispose();
            _timer = null;
            Put("");
        }
    }

    private void Draw()
    {
        lock (_gate)
        {
            if (_timer is null)
                return;
            long now = Stopwatch.GetTimestamp(), requests = _counters.Requests;
            double rate = (requests - _requests) / Stopwatch.GetElapsedTime(_last, now).TotalSeconds;
            (_last, _requests) = (now, requests);
            Put("  " + _session.Talk.T("{0} open, {1} accepted, {2} requests ({3}/s), {4} in, {5} out",
                Measure.Number(_counters.Active), Measure.Number(_counters.Accepted), Measure.Number(requests), Measure.Number((long)rate),
                Measure.Bytes(_counters.BytesReceived), Measure.Bytes(_counters.BytesSent)));
        }
    }

    private void Put(string line)
    {
        _session.Error.Write($"\r\e[K{line}");
        _session.Error.Flush();
    }
}
