using System.Diagnostics;

namespace Tcpwhy.Cli.Ui;

/// <summary>How long connections are idle already, on stderr where that is a terminal.</summary>
internal sealed class IdleProgress : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly Session _session;
    private readonly TimeSpan _most;
    private readonly Lock _gate = new();
    private readonly Timer? _timer;
    private long _began = Stopwatch.GetTimestamp();
    private string _said = "";
    private bool _ended;

    public IdleProgress(Session session, TimeSpan most)
    {
        (_session, _most) = (session, most);
        if (session.ErrorIsTerminal)
            _timer = new Timer(_ => Draw(), null, TimeSpan.Zero, Interval);
    }

    /// <summary>A round ended: connections survived so long, and were dead after so long.</summary>
    public void Known(TimeSpan survived, TimeSpan? ended) => Say(ended is { } dead
        ? _session.Talk.T("alive after {0}, dead after {1}", Measure.Of(survived), Measure.Of(dead)) : "");

    /// <summary>A round of reuse begins.</summary>
    public void Round(int number, int of) => Say(_session.Talk.T("round {0} of {1}", number, of));

    public void Dispose()
    {
        lock (_gate)
        {
            if (_ended || _timer is null)
                return;
            _ended = true;
            _timer.Dispose();
            _session.Error.Write("\r\e[K");
            _session.Error.Flush();
        }
    }

    private void Say(string what)
    {
        lock (_gate)
            (_said, _began) = (what.Length > 0 ? "; " + what : "", Stopwatch.GetTimestamp());
    }

    private void Draw()
    {
        lock (_gate)
        {
            if (_ended)
                return;
            string line = _session.Talk.T("connections are idle for {0}, at most {1}", Measure.Of(Stopwatch.GetElapsedTime(_began)), Measure.Of(_most));
            _session.Error.Write($"\r\e[K  {line}{_said}");
            _session.Error.Flush();
        }
    }
}
