using System.Runtime.InteropServices;

namespace Tcpwhy.Cli.Ui;

/// <summary>SIGINT and SIGTERM: the first ends the window, so that its result is printed; the second leaves at once.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private volatile int _signal;

    public Interrupt() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Arrived(context, 2)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Arrived(context, 15)),
    ];

    /// <summary>Cancelled by the first signal, or when the time is up.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>128 and the signal's number when a signal ended the window, else <paramref name="otherwise"/>.</summary>
    public int Status(int otherwise) => _signal == 0 ? otherwise : ExitCode.SignalBase + _signal;

    /// <summary>Ends the window after this time.</summary>
    public void After(TimeSpan time) => _stop.CancelAfter(time);

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    private void Arrived(PosixSignalContext context, int number)
    {
        context.Cancel = true;
        if (Interlocked.Exchange(ref _signal, number) != 0)
            Environment.Exit(ExitCode.SignalBase + number);
        _stop.Cancel();
    }
}
