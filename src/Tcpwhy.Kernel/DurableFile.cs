namespace Tcpwhy.Kernel;

/// <summary>Files that are there wholly or not at all, also when the host loses power meanwhile.</summary>
public static class DurableFile
{
    /// <summary>Puts a file in the place of <paramref name="path"/>: writes a new one beside it, has it stored, renames it and has that stored. A symbolic link at that place is replaced, not followed.</summary>
    /// <exception cref="IOException">The disk is full, or the directory is read-only.</exception>
    /// <exception cref="UnauthorizedAccessException">We may not write there.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        // O_EXCL: what stands at that name, be it a link, makes it fail.
        string beside = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            using (var file = new FileStream(beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            {
                // The umask does not count for this.
                File.SetUnixFileMode(file.SafeFileHandle, mode);
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
        SyncDirectory(path);
    }

    /// <summary>Removes a file, if it is there, and has that stored.</summary>
    /// <exception cref="IOException">The directory is read-only.</exception>
    public static void Remove(string path)
    {
        if (!File.Exists(path))
            return;
        File.Delete(path);
        SyncDirectory(path);
    }

    private static void SyncDirectory(string path)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        using Fd fd = Fd.Open(directory);
        KernelException.Check(Libc.fsync(fd), "fsync", directory);
    }
}
