using Tcpwhy.Model;

namespace Tcpwhy.Sources.Recordings;

/// <summary>Creates the file of a recording without harm to what is there.</summary>
internal static class RecordingFile
{
    private const int Usage = 2;
    private const int Storage = 7;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static FileStream Create(string path, bool force)
    {
        try
        {
            bool empty = false;
            if (force && File.Exists(path) && !IsReplaceable(path, out empty))
                throw new ToolException($"{path}: exists and is not a recording; remove it yourself or choose another name", Usage);
            // What looks empty may be a device, so it stays where it is; a recording is removed first, so that its mode and its other names do not stay.
            if (force && !empty)
                File.Delete(path);
            return new FileStream(path, new FileStreamOptions
            {
                Mode = empty ? FileMode.Open : FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.Read,
                BufferSize = 64 * 1024,
                UnixCreateMode = empty ? null : OwnerOnly,
            });
        }
        catch (IOException) when (!force && Path.Exists(path))
        {
            throw new ToolException($"{path}: exists already; --force replaces a recording", Usage);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{path}: cannot be created: {error.Message}", Storage);
        }
    }

    private static bool IsReplaceable(string path, out bool empty)
    {
        empty = new FileInfo(path).Length == 0;
        if (empty)
            return true;
        using FileStream file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[64];
        return start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)].IndexOf("\"tcpwhy.recording/"u8) >= 0;
    }
}
