using System.Diagnostics.Tracing;
using System.Net.Sockets;
using Microsoft.Diagnostics.NETCore.Client;

namespace Tcpwhy.Pools.Runtimes.DotNet;

/// <summary>Listens to the counters of one .NET process by its diagnostics port, a socket in its /tmp that its user and root may use. The process is asked for nothing but to publish, and stops when we end or are killed.</summary>
internal sealed class DiagnosticsPort(int pid) : IDisposable
{
    private const long MetricValues = 2;
    private const int BufferMegabytes = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly HttpMeter _meter = new();
    private EventPipeSession? _session;
    private Task? _reading;

    public int Pid => pid;

    public HttpMeter Meter => _meter;

    /// <summary>Why its counters cannot be read, an English phrase, or null.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>Asks the process to publish; what stands in the way is its <see cref="Obstacle"/>.</summary>
    public async Task BeginAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        try
        {
            var metrics = new EventPipeProvider(HttpMeter.Provider, EventLevel.Informational, MetricValues, new Dictionary<string, string>
            {
                ["SessionId"] = "SHARED",
                ["ClientId"] = Guid.NewGuid().ToString(),
                ["Metrics"] = HttpMeter.Name,
                ["RefreshInterval"] = "0.5",
                ["MaxTimeSeries"] = "1000",
                ["MaxHistograms"] = "100",
            });
            _session = await new DiagnosticsClient(pid).StartEventPipeSessionAsync([metrics], requestRundown: false, BufferMegabytes, late.Token).WaitAsync(late.Token).ConfigureAwait(false);
            _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (Exception refused) when (IsRefusal(refused))
        {
            Obstacle = refused is OperationCanceledException or TimeoutException ? "its diagnostics port does not answer"
                : refused is ServerNotAvailableException ? "it has no diagnostics port for this user" : "its diagnostics port refuses";
        }
    }

    /// <summary>Ends the listening, within seconds whatever the process does.</summary>
    public async Task EndAsync()
    {
        if (_session is null || _reading is null)
            return;
        using var late = new CancellationTokenSource(Patience);
        try
        {
            await _session.StopAsync(late.Token).WaitAsync(late.Token).ConfigureAwait(false);
            await _reading.WaitAsync(late.Token).ConfigureAwait(false);
        }
        catch (Exception gone) when (IsRefusal(gone))
        {
            // What it said until then counts.
        }
    }

    public void Dispose() => _session?.Dispose();

    private void Read()
    {
        try
        {
            new NettraceReader(_session!.EventStream).Run(_meter.Take);
        }
        catch (InvalidDataException)
        {
            Obstacle = "what its diagnostics port says cannot be read";
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException or SocketException)
        {
            // The process ended, or we gave it up.
        }
    }

    private static bool IsRefusal(Exception error) =>
        error is DiagnosticsClientException or OperationCanceledException or TimeoutException or IOException or UnauthorizedAccessException or SocketException or ObjectDisposedException or InvalidDataException;
}
