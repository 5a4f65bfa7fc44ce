using System.Text;
using Tcpwhy.Kernel;
using Tcpwhy.Model;

namespace Tcpwhy.Tuning;

/// <summary>Our one file under sysctl.d, with which confirmed settings outlast a reboot.</summary>
public static class OwnFile
{
    private const string FirstLine = "# Written by tcpwhy: 'tcpwhy tune rollback' removes it and restores the values before.";

    /// <summary>Makes the file hold exactly these settings; with none there is no file.</summary>
    /// <exception cref="ToolException">A file of that name is not ours.</exception>
    public static void Set(string path, IEnumerable<Written> values)
    {
        Check(path);
        var text = new StringBuilder(FirstLine).Append('\n');
        bool any = false;
        foreach (Written value in values)
        {
            text.Append(value.Setting).Append(" = ").Append(value.To).Append('\n');
            any = true;
        }
        if (any)
            DurableFile.Replace(path, Encoding.UTF8.GetBytes(text.ToString()), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        else
            DurableFile.Remove(path);
    }

    /// <summary>Refuses early what <see cref="Set"/> would refuse.</summary>
    /// <exception cref="ToolException">A file of that name is not ours, or there is no directory for it.</exception>
    public static void Check(string path)
    {
        string directory = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(directory))
            throw new ToolException($"there is no directory {directory} for our file; make it, or choose one with --sysctl-directory", ExitCode.Storage);
        var file = new FileInfo(path);
        if (file.LinkTarget is not null || (file.Exists && !File.ReadLines(path).Take(1).Contains(FirstLine)))
            throw new ToolException($"{path} was not written by tcpwhy; move it away first", ExitCode.Storage);
    }
}
