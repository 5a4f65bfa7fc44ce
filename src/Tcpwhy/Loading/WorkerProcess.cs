using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tcpwhy.Attempts;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;

namespace Tcpwhy.Loading;

/// <summary>A worker process of a load, seen from the load: told by lines what to do, heard by lines what it counts. Its death is told, with what is lost by it.</summary>
internal sealed class WorkerProcess : ILoadPart
{
    private readonly Process _process;
    private readonly int _connections;
    private readonly Action<FailedAttempt> _onFailure;
    private readonly Thread _reader;
    private readonly ManualResetEventSlim _ready = new();
    private volatile WorkerReport? _report;
    private volatile bool _ended;
    private volatile string? _trouble;
    private long _end = long.MaxValue;
    private bool _started;

    public WorkerProcess(IReadOnlyList<string> program, WorkerOrder order, Action<FailedAttempt> onFailure)
    {
        (_connections, _onFailure) = (order.Connections, onFailure);
        ProcessStartInfo start = new(program[0], [.. program.Skip(1), LoadWorker.Verb])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        // Thousands of sockets need little memory; a garbage collector that plans for much would take it.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_GCgen0size"] = "0x200000";
        start.Environment["DOTNET_TieredCompilation_BackgroundWorkerTimeoutMs"] = "0";
        _process = Process.Start(start) ?? throw new ToolException("a worker process did not start", ExitCode.KernelFeatureMissing);
        _reader = new Thread(Read) { Name = "worker", IsBackground = true };
        _reader.Start();
        Tell(JsonSerializer.Serialize(order, WorkerJson.Default.WorkerOrder));
    }

    public bool Ended => _ended;

    public bool AllOpened => _report is { AllOpened: true };

    public string? Trouble => _trouble;

    public void Prepare() => _ready.Wait();

    public void Start(long start, CancellationToken stop)
    {
        Tell($"end {_end.ToString(CultureInfo.InvariantCulture)}");
        Tell($"start {start.ToString(CultureInfo.InvariantCulture)}");
        _started = true;
        stop.Register(() => Tell("stop"));
    }

    public void EndAt(long time)
    {
        _end = time;
        if (_started)
            Tell($"end {time.ToString(CultureInfo.InvariantCulture)}");
    }

    public void AddTo(LoadCounts sum) => _report?.AddTo(sum);

    public long MemoryBytes() => ProcessMemory.Read(new ProcFs(), _process.Id);

    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended.
        }
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
            _process.Kill();
        _reader.Join();
        _process.Dispose();
        _ready.Dispose();
    }

    private void Tell(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (Exception gone) when (gone is IOException or InvalidOperationException or ObjectDisposedException)
        {
            // It has ended: the reader sees that and says so.
        }
    }

    private void Read()
    {
        try
        {
            while (_process.StandardOutput.ReadLine() is { } line)
            {
                if (line == "ready")
                    _ready.Set();
                else if (JsonSerializer.Deserialize(line, WorkerJson.Default.WorkerReport) is { } report)
                    Take(report);
            }
        }
        catch (Exception cut) when (cut is JsonException or IOException)
        {
            // A line that was cut off: the process was killed while it wrote.
        }
        if (_report is not { Last: true })
        {
            _process.WaitForExit();
            int status = _process.ExitCode;
            string how = status > ExitCode.SignalBase ? $"killed by signal {status - ExitCode.SignalBase}" : $"status {status}";
            _trouble = $"a worker process ended before its time ({how}): its {_connections.ToString("N0", CultureInfo.InvariantCulture)} connections are lost, and what it had not reported is not counted";
        }
        _ended = true;
        _ready.Set();
    }

    private void Take(WorkerReport report)
    {
        foreach (FailedAttempt failed in report.Failures)
            _onFailure(failed);
        _report = report;
    }
}
