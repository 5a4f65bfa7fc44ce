using System.Diagnostics;

namespace Tcpwhy.Cli.Ui;

/// <summary>Says on stderr when watching pools begins, and on a terminal how long it still takes.</summary>
internal sealed class PoolProgress(Session session, TimeSpan duration) : IDisposable
{
    private long _began;
    private bool _drawn;

    public void Begin(string source)
    {
        Screen talk = session.Talk;
        _began = Stopwatch.GetTimestamp();
        // Scripts wait for a line that begins with this word, whatever the language.
        talk.Line("watching ", talk.T("pools with {0} for {1}; Ctrl-C ends it early", source, Measure.Of(duration)));
        session.Error.Flush();
    }

    /// <summary>Takes note of a sample.</summary>
    public void See(int samples)
    {
        if (!session.ErrorIsTerminal)
            return;
        TimeSpan left = duration - Stopwatch.GetElapsedTime(_began);
        session.Error.Write($"\r\e[K  {session.Talk.T("{0} left, {1} samples", Measure.Of(left < TimeSpan.Zero ? TimeSpan.Zero : left), samples)}");
        session.Error.Flush();
        _drawn = true;
    }

    public void Dispose()
    {
        if (!_drawn)
            return;
        session.Error.Write("\r\e[K");
        session.Error.Flush();
    }
}
