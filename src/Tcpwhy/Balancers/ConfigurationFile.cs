using Tcpwhy.Model;

namespace Tcpwhy.Balancers;

/// <summary>Writes a configuration so that its reader sees the old text or the new, never a half: beside it first, then by renaming.</summary>
public static class ConfigurationFile
{
    private const UnixFileMode Usual = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes the file and returns the path of the backup of what was there, or null when nothing was.</summary>
    /// <exception cref="ToolException">It exists and <paramref name="replace"/> is false (exit code 2), or it cannot be written (7).</exception>
    public static string? Write(string path, string text, bool replace, TimeProvider time)
    {
        string target = Target(path);
        if (Directory.Exists(target))
            throw new ToolException($"{path}: is a directory", ExitCode.Usage);
        bool exists = File.Exists(target);
        if (exists && !replace)
            throw new ToolException($"{path}: exists already; --force replaces it and keeps a backup", ExitCode.Usage);
        string beside = Hidden(target, $"tcpwhy-{Environment.ProcessId}");
        try
        {
            string? backup = exists ? BackUp(target, time) : null;
            using (var file = new FileStream(beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Usual }))
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }
            // What the umask took away: the program that reads it may run as another user.
            File.SetUnixFileMode(beside, exists ? File.GetUnixFileMode(target) : Usual);
            File.Move(beside, target, overwrite: true);
            return backup;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            File.Delete(beside);
            throw new ToolException($"{path}: cannot be written: {error.Message}", ExitCode.Storage);
        }
    }

    // A link, as in sites-enabled/, stays one: what it leads to is replaced.
    private static string Target(string path) =>
        new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : Path.GetFullPath(path);

    private static string BackUp(string target, TimeProvider time)
    {
        string stamp = $"{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}";
        string name = Hidden(target, $"{stamp}.bak");
        for (int again = 2; File.Exists(name); again++)
            name = Hidden(target, $"{stamp}-{again}.bak");
        File.Copy(target, name);
        return name;
    }

    // With a dot in front: "include sites-enabled/*" would read a backup too, and every server twice.
    private static string Hidden(string target, string ending) => Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{ending}");
}
