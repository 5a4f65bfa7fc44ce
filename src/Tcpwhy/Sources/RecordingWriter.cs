using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tcpwhy.Model;
using Tcpwhy.Sources.Recordings;

namespace Tcpwhy.Sources;

/// <summary>Writes events to a file as JSON Lines, one per event, flushed each second so that a recording survives the end of its recorder. Safe to call from one thread at a time; what cannot be written is a <see cref="ToolException"/> with exit code 7.</summary>
public sealed class RecordingWriter : IDisposable
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);
    private const int Storage = 7;

    private readonly string _path;
    private readonly Stream _stream;
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private readonly SocketNumbers _sockets = new();
    private readonly ArrayBufferWriter<byte> _line = new(4096);
    private readonly Utf8JsonWriter _json;
    private ToolException? _failure;
    private bool _disposed;

    /// <summary>Creates the file for its owner alone. One that exists is kept, unless <paramref name="force"/> is given and it is a recording or empty.</summary>
    public static RecordingWriter Create(string path, string host, string kernel, bool force, TimeProvider time) =>
        new(path, RecordingFile.Create(path, force), host, kernel, time);

    internal RecordingWriter(string path, Stream stream, string host, string kernel, TimeProvider time)
    {
        (_path, _stream) = (path, stream);
        _json = new Utf8JsonWriter(_line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        JsonSerializer.Serialize(_json, new RecordingHeader { Schema = RecordingHeader.CurrentSchema, Created = time.GetUtcNow(), Host = host, Kernel = kernel }, RecordingJson.Header);
        _timer = time.CreateTimer(_ => Flush(), null, FlushInterval, FlushInterval);
        try
        {
            lock (_lock)
                EndLine();
            Flush();
            ThrowIfFailed();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>How many events were written.</summary>
    public long Events { get; private set; }

    public void Write(Event e)
    {
        lock (_lock)
        {
            ThrowIfFailed();
            ObjectDisposedException.ThrowIf(_disposed, this);
            JsonSerializer.Serialize(_json, _sockets.Apply(e), RecordingJson.AnyEvent);
            EndLine();
            ThrowIfFailed();
            Events++;
        }
    }

    /// <summary>Writes what is left; it does not throw, because <see cref="Finish"/> has told what failed.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            _timer.Dispose();
            Try(_stream.Dispose);
            _json.Dispose();
        }
    }

    /// <summary>Writes what is left and closes the file; a failure is told.</summary>
    public void Finish()
    {
        Dispose();
        ThrowIfFailed();
    }

    private void EndLine()
    {
        _json.Flush();
        _json.Reset();
        _line.Write("\n"u8);
        Try(WriteLine);
        _line.ResetWrittenCount();
    }

    private void WriteLine() => _stream.Write(_line.WrittenSpan);

    // Called by the timer as well, where nobody would catch: the failure is told by the next call.
    private void Flush()
    {
        lock (_lock)
        {
            if (!_disposed && _failure is null)
                Try(_stream.Flush);
        }
    }

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException error)
        {
            _failure ??= new ToolException($"{_path}: cannot be written: {error.Message}; {Events} events are in it", Storage);
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
            throw _failure;
    }
}
