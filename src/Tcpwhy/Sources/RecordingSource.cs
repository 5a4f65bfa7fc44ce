using Tcpwhy.Model;
using Tcpwhy.Sources.Recordings;

namespace Tcpwhy.Sources;

/// <summary>Replays a recording: the same events in the same order as when they were seen. Every fault in the file is a <see cref="ToolException"/> that names the line.</summary>
public sealed class RecordingSource : ISource
{
    private readonly string _path;
    private readonly Stream _stream;
    private readonly LineReader _lines;
    private readonly List<string> _notes = [];

    /// <summary>Opens the file and checks its header.</summary>
    public static RecordingSource Open(string path)
    {
        try
        {
            return new RecordingSource(path, File.OpenRead(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{path}: cannot be read: {Reason(error)}", 2);
        }
    }

    internal RecordingSource(string path, Stream stream)
    {
        (_path, _stream, _lines) = (path, stream, new LineReader(stream));
        try
        {
            Read(out ReadOnlySpan<byte> line);
            Header = RecordingHeader.Parse(path, line);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public RecordingHeader Header { get; }

    /// <summary>What was wrong with the file and did not keep it from being read, each one sentence; complete when <see cref="Run"/> returns.</summary>
    public IReadOnlyList<string> Notes => _notes;

    public void Run(Action<Event> sink, CancellationToken stop)
    {
        Event? last = null;
        while (!stop.IsCancellationRequested && last is not Ended && ReadEvent() is { } e)
        {
            // A recording cut out by hand may lack its beginning; the contract of a source does not.
            if (last is null && e is not Started)
                sink(new Started { Time = e.Time, Source = "recording", Kernel = Header.Kernel });
            sink(last = e);
        }
        if (last is Ended)
        {
            if (ReadEvent() is not null)
                throw Fault("stands after the event 'ended', which should be the last");
            return;
        }
        DateTimeOffset time = last?.Time ?? Header.Created;
        if (last is null)
            sink(new Started { Time = time, Source = "recording", Kernel = Header.Kernel });
        if (_notes.Count > 0)
            sink(new Lost { Time = time, Count = 0, Where = "recording" });
        else if (!stop.IsCancellationRequested)
            _notes.Add($"{_path}: the recording was not ended in order; it is judged up to its last event.");
        sink(new Ended { Time = time });
    }

    public void Dispose() => _stream.Dispose();

    private Event? ReadEvent()
    {
        while (Read(out ReadOnlySpan<byte> line))
        {
            if (line.Trim(" \t\r"u8).IsEmpty)
                continue;
            try
            {
                return RecordingLine.Parse(line);
            }
            catch (InvalidDataException) when (!_lines.Complete)
            {
                _notes.Add($"{_path}: line {_lines.Number} is cut short; the recording is judged up to it.");
                return null;
            }
            catch (InvalidDataException error)
            {
                throw Fault(error.Message);
            }
        }
        return null;
    }

    private bool Read(out ReadOnlySpan<byte> line)
    {
        try
        {
            return _lines.TryRead(out line);
        }
        catch (InvalidDataException error)
        {
            throw Fault(error.Message);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{_path}: cannot be read: {Reason(error)}", 2);
        }
    }

    private ToolException Fault(string what) => new($"{_path}: line {_lines.Number}: {what}", 2);

    // The system's message repeats the path, which stands at the beginning of the line already.
    private static string Reason(Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => "no such file",
        UnauthorizedAccessException => "permission denied, or a directory",
        _ => error.Message,
    };
}
