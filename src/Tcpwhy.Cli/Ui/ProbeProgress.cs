namespace Tcpwhy.Cli.Ui;

/// <summary>How far a probe is, on stderr where that is a terminal.</summary>
internal sealed class ProbeProgress(Session session) : IDisposable
{
    private readonly Lock _gate = new();
    private int _all;
    private int _done;

    /// <summary>So many attempts there will be.</summary>
    public void Begin(int attempts)
    {
        lock (_gate)
        {
            _all = attempts;
            Draw();
        }
    }

    /// <summary>One attempt ended.</summary>
    public void Step()
    {
        lock (_gate)
        {
            _done++;
            Draw();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (session.ErrorIsTerminal && _all > 0)
                session.Error.Write("\r\e[K");
            _all = 0;
        }
    }

    private void Draw()
    {
        if (!session.ErrorIsTerminal || _all == 0)
            return;
        session.Error.Write($"\r\e[K  {session.Talk.T("{0} of {1} attempts ended", _done, _all)}");
        session.Error.Flush();
    }
}
