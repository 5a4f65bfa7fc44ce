using System.Text;
using System.Text.Json;
using Tcpwhy.Kernel;
using Tcpwhy.Model;

namespace Tcpwhy.Tuning;

/// <summary>Keeps the journals below a directory that only its owner can write; one process at a time.</summary>
public sealed class JournalStore
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private readonly string _directory;
    private readonly string _waiting;

    /// <param name="state">The directory of --state.</param>
    public JournalStore(string state)
    {
        _directory = Path.Combine(Path.GetFullPath(state), "tune");
        _waiting = Path.Combine(_directory, "waiting");
    }

    /// <summary>Whether a change may wait for its confirmation, told by the presence of one file.</summary>
    public bool SomethingWaits => File.Exists(_waiting);

    /// <summary>Whether anything was ever kept here.</summary>
    public bool Exists => Directory.Exists(_directory);

    /// <summary>Takes the lock that all changes are made under; it ends with the process at the latest.</summary>
    /// <param name="wait">How long to wait for another process.</param>
    /// <exception cref="ToolException">Another process has it, or the directory is not safe.</exception>
    public IDisposable Lock(TimeSpan wait)
    {
        Prepare();
        string path = Path.Combine(_directory, "lock");
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                // FileShare.None is flock(2): released by the kernel, whatever ends the process.
                return new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerFile });
            }
            catch (IOException) when (File.Exists(path))
            {
                if (TimeProvider.System.GetElapsedTime(began) >= wait)
                    throw new ToolException($"another tcpwhy is tuning now (it holds {path}); try again when it is done", ExitCode.Storage);
                Thread.Sleep(50);
            }
        }
    }

    /// <summary>The journal of a target, or null when nothing was ever done to it.</summary>
    /// <exception cref="ToolException">It is damaged.</exception>
    public Journal? Read(string key) => ReadFile(PathOf(key));

    /// <summary>Every journal by its key.</summary>
    public IEnumerable<(string Key, Journal Journal)> All()
    {
        if (!Exists)
            yield break;
        foreach (string path in Directory.EnumerateFiles(_directory, "*.json").Order(StringComparer.Ordinal))
        {
            if (ReadFile(path) is { } journal)
                yield return (Path.GetFileNameWithoutExtension(path), journal);
        }
    }

    /// <summary>Stores a journal, wholly or not at all.</summary>
    public void Write(string key, Journal journal)
    {
        // It says so before there is anything to undo, and until there is nothing: whoever kills us, the next start looks.
        if (journal.Pending is not null && !SomethingWaits)
            DurableFile.Replace(_waiting, [], OwnerFile);
        DurableFile.Replace(PathOf(key), Encoding.UTF8.GetBytes(JsonSerializer.Serialize(journal, JournalJson.Default.Journal) + "\n"), OwnerFile);
        if (journal.Pending is null)
            Settle();
    }

    /// <summary>Forgets a target that is no more.</summary>
    public void Remove(string key)
    {
        DurableFile.Remove(PathOf(key));
        Settle();
    }

    /// <summary>Notes that nothing waits any more, when that is so. Under the lock.</summary>
    public void Settle()
    {
        try
        {
            if (SomethingWaits && !All().Any(one => one.Journal.Pending is not null))
                DurableFile.Remove(_waiting);
        }
        catch (ToolException)
        {
            // One that cannot be read may wait.
        }
    }

    private string PathOf(string key) => Path.Combine(_directory, key + ".json");

    private void Prepare()
    {
        if (!Directory.Exists(_directory))
            Directory.CreateDirectory(_directory, OwnerOnly);
        // Who can write here could have the kernel's settings set "back" to anything.
        if ((File.GetUnixFileMode(_directory) & OthersWrite) != 0)
            throw new ToolException($"{_directory} can be written by others; chmod 700 it, or choose another with --state", ExitCode.Storage);
        if (new DirectoryInfo(_directory).LinkTarget is not null)
            throw new ToolException($"{_directory} is a symbolic link; choose a directory with --state", ExitCode.Storage);
    }

    private static Journal? ReadFile(string path)
    {
        try
        {
            Journal? journal = JsonSerializer.Deserialize(File.ReadAllBytes(path), JournalJson.Default.Journal);
            return journal is { Schema: Journal.CurrentSchema } ? Checked(journal) : throw new JsonException("another schema");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidDataException)
        {
            throw new ToolException($"{path} is damaged ({damaged.Message}); the values before tuning stand in it, move it away when they are restored", ExitCode.Storage);
        }
    }

    // Whatever a journal says, only known settings are written, with values of their shape.
    private static Journal Checked(Journal journal)
    {
        foreach (Written value in journal.Layers.SelectMany(layer => layer.Values))
        {
            Setting setting = Settings.Require(value.Setting);
            setting.Shape.CheckShape(value.Setting, value.Before);
            setting.Shape.Check(value.Setting, value.To);
        }
        return journal;
    }
}
