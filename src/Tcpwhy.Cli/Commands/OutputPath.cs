using Tcpwhy.Model;

namespace Tcpwhy.Cli.Commands;

/// <summary>A file that a result shall be written to: it is there wholly or not at all, and one that exists is not written over unless that was asked for.</summary>
internal sealed record OutputPath(string Path, bool Force)
{
    /// <summary>Complains now about what would fail at the end: a window must not be watched for nothing.</summary>
    public void Check()
    {
        string full = System.IO.Path.GetFullPath(Path);
        if (Directory.Exists(full))
            throw new ToolException($"{Path} is a directory; --output takes a file", ExitCode.Usage);
        if (full.StartsWith("/dev/", StringComparison.Ordinal))
            throw new ToolException($"{Path} is a device; without --output the report goes to stdout", ExitCode.Usage);
        if (!Directory.Exists(System.IO.Path.GetDirectoryName(full)))
            throw new ToolException($"{Path}: there is no such directory", ExitCode.Usage);
        if (File.Exists(full) && !Force)
            throw new ToolException($"{Path}: exists already; --force replaces it", ExitCode.Usage);
    }

    /// <summary>Writes beside it and renames.</summary>
    /// <exception cref="IOException">The disk is full, or somebody made the file meanwhile.</exception>
    public void Write(string text)
    {
        string beside = $"{Path}.{System.IO.Path.GetRandomFileName()}";
        try
        {
            using (StreamWriter file = new(beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write }))
                file.Write(text);
            File.Move(beside, Path, Force);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }
}
