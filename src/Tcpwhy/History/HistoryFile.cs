using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;

namespace Tcpwhy.History;

/// <summary>A file that remembers what was watched: one writes it, many read it meanwhile.</summary>
public static class HistoryFile
{
    /// <summary>Where history is when nobody says otherwise: for root below /var/lib, for others below $XDG_STATE_HOME or ~/.local/state.</summary>
    public static string UsualPath(Func<string, string?> variable, bool root)
    {
        string state = root ? "/var/lib"
            : variable("XDG_STATE_HOME") is { Length: > 0 } set && Path.IsPathRooted(set) ? set
            : Path.Combine(variable("HOME") is { Length: > 0 } home ? home : "/", ".local/state");
        return Path.Combine(state, "tcpwhy", "history.db");
    }

    /// <summary>Opens it for the one that watches.</summary>
    /// <param name="say">Takes phrases for the operator with their values: recording stopped, recording goes on. Called from another thread.</param>
    /// <exception cref="ToolException">It cannot be written, is damaged, is newer than this program, or another process writes it. The file is left as it was.</exception>
    public static HistoryWriter Open(string path, HistoryLimits limits, Action<string, object[]> say, TimeProvider time)
    {
        path = Path.GetFullPath(path);
        FileStream locked = Lock(path);
        try
        {
            return new HistoryWriter(path, locked, new Store(Database.ForWriting(path)), limits, say, time);
        }
        catch (Exception failed)
        {
            locked.Dispose();
            if (failed is SqliteException error)
                throw Database.Told(path, error);
            throw;
        }
    }

    /// <summary>Opens it to be read, while it is written or later.</summary>
    /// <exception cref="ToolException">There is none, or it cannot be read, is damaged or newer than this program.</exception>
    public static HistoryReader Read(string path) => new(Path.GetFullPath(path));

    private static FileStream Lock(string path)
    {
        string beside = path + ".lock";
        FileStream? locked = null;
        try
        {
            string directory = Path.GetDirectoryName(path)!;
            if (!Directory.Exists(directory))
                Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            // FileShare.None is flock(2): released by the kernel, whatever ends the process.
            locked = new FileStream(beside, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            locked.SetLength(0);
            locked.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            locked.Flush();
            return locked;
        }
        catch (IOException) when (locked is null && Holder(beside) is { } pid)
        {
            throw new ToolException($"history {path} is written by another tcpwhy (pid {pid}) already", ExitCode.Storage);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            locked?.Dispose();
            throw new ToolException($"history {path} cannot be written: {refused.Message}", ExitCode.Storage);
        }
    }

    /// <summary>The process that the lock file names; null when it names none.</summary>
    private static int? Holder(string path)
    {
        // FileStream would want a lock of its own, even to read.
        try
        {
            return int.TryParse(new ProcFs(Path.GetDirectoryName(path)!).ReadText(Path.GetFileName(path)), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : null;
        }
        catch (KernelException)
        {
            return null;
        }
    }
}
