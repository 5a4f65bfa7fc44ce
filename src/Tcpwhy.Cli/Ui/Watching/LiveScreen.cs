using System.Runtime.InteropServices;
using Tcpwhy.Kernel;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>The full screen: draws what is new, takes keys, follows the terminal's size, and gives the terminal back however it ends.</summary>
internal sealed class LiveScreen : IDisposable
{
    // A person sees no more, and a burst of verdicts costs no more.
    private const int Pause = 100;
    private readonly RawTerminal _terminal;
    private readonly TextWriter _output;
    private readonly Screen _words;
    private readonly CancellationTokenSource _hangUp = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly Lock _gate = new();
    private readonly KeyReader _keys = new();
    private CellBuffer? _shown;
    private volatile bool _resized;
    private bool _left;

    public LiveScreen(Session session)
    {
        _terminal = RawTerminal.Open();
        (_output, _words) = (session.Out, session.Page);
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        AppDomain.CurrentDomain.UnhandledException += OnExit;
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => _resized = true));
        foreach (PosixSignal end in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
        {
            _signals.Add(PosixSignalRegistration.Create(end, context =>
            {
                context.Cancel = true;
                _hangUp.Cancel();
            }));
        }
        // Stopped, it would leave the shell without echo.
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, context => context.Cancel = true));
        _output.Write(Frame.Enter);
        _output.Flush();
    }

    /// <summary>Shows until the user quits, the terminal goes, or <paramref name="stop"/>.</summary>
    public void Run(WatchData data, ViewState state, CancellationToken stop)
    {
        byte[] bytes = new byte[256];
        int version = -1;
        while (!state.Quits && !stop.IsCancellationRequested && !_hangUp.IsCancellationRequested)
        {
            bool changed;
            lock (data.Gate)
            {
                changed = version != data.Version || _resized || state.Redraws;
                version = data.Version;
                if (changed)
                    Draw(data, state);
            }
            int read = _terminal.Read(bytes, Pause);
            if (read < 0)
                return;
            List<Key> keys = _keys.Read(bytes.AsSpan(0, read), last: read == 0);
            if (keys.Count == 0)
                continue;
            lock (data.Gate)
            {
                foreach (Key key in keys)
                    state.Press(key, WatchView.PageRows(_shown?.Height ?? 24));
                data.StandsStill = state.Frozen;
            }
            version = -1;
        }
    }

    /// <summary>Gives the terminal back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_left)
                return;
            _left = true;
            try
            {
                _output.Write(Frame.Leave);
                _output.Flush();
            }
            catch (IOException)
            {
                // The terminal is gone.
            }
            _terminal.Dispose();
        }
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        AppDomain.CurrentDomain.UnhandledException -= OnExit;
        foreach (PosixSignalRegistration signal in _signals)
            signal.Dispose();
        _hangUp.Dispose();
    }

    private void Draw(WatchData data, ViewState state)
    {
        _resized = false;
        (int columns, int rows) = _terminal.Size() ?? (80, 24);
        CellBuffer next = new(columns, rows);
        WatchView.Draw(data, state, next, _words);
        if (state.Redraws)
            (_shown, state.Redraws) = (null, false);
        string change = Frame.Between(_shown, next, _words.Coloured);
        _shown = next;
        if (change.Length == 0)
            return;
        _output.Write(change);
        _output.Flush();
    }

    private void OnExit(object? sender, EventArgs end) => Dispose();
}
