using Tcpwhy.Model;
using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.Tests.Sources;

public sealed class RecordingWriterTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tcpwhy-").FullName;
    private readonly ManualTime _time = new(SampleEvents.Start);

    private string FilePath => Path.Combine(_directory, "r.jsonl");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private RecordingWriter Create(bool force = false) => RecordingWriter.Create(FilePath, "web-1", "6.18.0", force, _time);

    [Fact]
    public void File_belongs_to_its_owner_alone()
    {
        Create().Finish();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void What_was_written_is_in_the_file_after_each_second()
    {
        using RecordingWriter writer = Create();
        writer.Write(SampleEvents.All[0]);
        Assert.Single(File.ReadAllLines(FilePath));
        _time.FireTimers();
        Assert.Equal(2, File.ReadAllLines(FilePath).Length);
        Assert.Equal(1, writer.Events);
    }

    [Fact]
    public void Existing_file_is_kept_unless_forced()
    {
        Create().Finish();
        var error = Assert.Throws<ToolException>(() => Create());
        Assert.Equal(($"{FilePath}: exists already; --force replaces a recording", 2), (error.Message, error.ExitCode));
        Create(force: true).Finish();
    }

    [Fact]
    public void Force_replaces_the_mode_too()
    {
        Create().Finish();
        File.SetUnixFileMode(FilePath, UnixFileMode.OtherRead | UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Create(force: true).Finish();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void Force_destroys_nothing_but_recordings()
    {
        File.WriteAllText(FilePath, "a letter");
        var error = Assert.Throws<ToolException>(() => Create(force: true));
        Assert.Equal($"{FilePath}: exists and is not a recording; remove it yourself or choose another name", error.Message);
        Assert.Equal("a letter", File.ReadAllText(FilePath));
        File.WriteAllText(FilePath, "");
        Create(force: true).Finish();
    }

    [Fact]
    public void Full_disk_is_told_once_and_for_all()
    {
        var error = Assert.Throws<ToolException>(() => RecordingWriter.Create("/dev/full", "web-1", "6.18.0", force: true, _time));
        Assert.Equal(7, error.ExitCode);
        Assert.StartsWith("/dev/full: cannot be written: No space left on device", error.Message);
        Assert.True(File.Exists("/dev/full"));
    }

    [Fact]
    public void Disk_that_fills_later_is_told_by_the_next_call()
    {
        using var writer = new RecordingWriter("r.jsonl", new FillingStream(room: 200), "web-1", "6.18.0", _time);
        writer.Write(new Ended { Time = SampleEvents.Start });
        _time.FireTimers();
        var error = Assert.Throws<ToolException>(() => writer.Write(SampleEvents.All[0]));
        Assert.Equal("r.jsonl: cannot be written: No space left on device; 1 events are in it", error.Message);
        Assert.Same(error, Assert.Throws<ToolException>(() => writer.Write(SampleEvents.All[0])));
        Assert.Same(error, Assert.Throws<ToolException>(writer.Finish));
    }

    [Fact]
    public void Missing_directory_is_told() =>
        Assert.Equal(7, Assert.Throws<ToolException>(() => RecordingWriter.Create("/nowhere/r.jsonl", "h", "k", force: false, _time)).ExitCode);

    private sealed class FillingStream(int room) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Length + buffer.Length > room)
                throw new IOException("No space left on device");
            base.Write(buffer);
        }
    }
}
