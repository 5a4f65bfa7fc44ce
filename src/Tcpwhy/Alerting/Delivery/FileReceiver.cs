using System.Text.Json;

namespace Tcpwhy.Alerting.Delivery;

/// <summary>Appends a line of JSON to a file, which may be moved away by logrotate at any time.</summary>
internal sealed class FileReceiver(ReceiverPlan plan, Sender sender) : IAlertReceiver
{
    private const int Tail = 256 * 1024;
    private HashSet<string>? _written;

    public int Batch => 100;

    public TimeSpan? Resend => null;

    public Task<DeliveryResult> SendAsync(IReadOnlyList<AlertNotice> notices, IReadOnlyList<Alert> firing, CancellationToken stop)
    {
        try
        {
            using FileStream file = new(plan.Path!, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
            });
            // A process before this may have been killed between writing a line and remembering that it did.
            _written ??= Ids(file);
            bool open = file.Length > 0 && !EndsLine(file);
            file.Seek(0, SeekOrigin.End);
            using MemoryStream lines = new();
            if (open)
                lines.WriteByte((byte)'\n');
            foreach (AlertNotice notice in notices)
            {
                if (_written.Contains(notice.Id))
                    continue;
                lines.Write(AlertDocument.Of(notice, sender.Host, plan.Language ?? sender.Language).Line());
                lines.WriteByte((byte)'\n');
            }
            long before = file.Length;
            try
            {
                file.Write(lines.GetBuffer(), 0, (int)lines.Length);
                file.Flush();
            }
            catch (IOException)
            {
                // The disk is full: half a line is no line.
                file.SetLength(before);
                throw;
            }
            foreach (AlertNotice notice in notices)
                _written.Add(notice.Id);
            if (_written.Count > 10_000)
                _written = null;
            return Task.FromResult(DeliveryResult.Arrived);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(new DeliveryResult("{0}", failed.Message));
        }
    }

    public void Dispose()
    {
    }

    private static bool EndsLine(FileStream file)
    {
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() == '\n';
    }

    /// <summary>The ids in the last lines of the file; what is no line of ours is passed over.</summary>
    private static HashSet<string> Ids(FileStream file)
    {
        HashSet<string> ids = new(StringComparer.Ordinal);
        file.Seek(-Math.Min(Tail, file.Length), SeekOrigin.End);
        using StreamReader lines = new(file, leaveOpen: true);
        while (lines.ReadLine() is { } line)
        {
            try
            {
                if (JsonSerializer.Deserialize(line, AlertShapes.Written.AlertDocument) is { Id: { } id })
                    ids.Add(id);
            }
            catch (JsonException)
            {
                // Cut at the beginning of the tail, or by whoever killed us.
            }
        }
        return ids;
    }
}
