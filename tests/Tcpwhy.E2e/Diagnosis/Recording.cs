using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.E2e.Diagnosis;

/// <summary>The events of a test in a file that everybody may read. With TCPWHY_KEEP_RECORDINGS=DIRECTORY it stays, to look at afterwards.</summary>
public sealed class Recording : IDisposable
{
    static readonly string? Keep = Environment.GetEnvironmentVariable("TCPWHY_KEEP_RECORDINGS");
    readonly RecordingWriter _writer;

    public Recording(string name)
    {
        File = Path.Combine(Keep ?? Path.GetTempPath(), Keep is null ? $"tcpwhy-e2e-{Environment.ProcessId}-{name}.jsonl" : $"{name}.jsonl");
        _writer = RecordingWriter.Create(File, Environment.MachineName, Environment.OSVersion.Version.ToString(), force: true, TimeProvider.System);
    }

    /// <summary>A recording only where it stays: to write all that a busy host does is a load of its own.</summary>
    public static Recording? ToKeep(string name) => Keep is null ? null : new(name);

    public string File { get; }

    public void Write(Event next) => _writer.Write(next);

    public void Finish()
    {
        _writer.Finish();
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    public void Dispose()
    {
        _writer.Dispose();
        if (Keep is null)
            System.IO.File.Delete(File);
    }
}
