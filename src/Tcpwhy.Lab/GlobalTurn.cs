namespace Tcpwhy.Lab;

/// <summary>The turn to change settings of the whole host: one fault of all labs on the host has it at a time, so that none takes another's value for the old one.</summary>
internal sealed class GlobalTurn : IDisposable
{
    const int EWOULDBLOCK = 11;

    static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);

    readonly FileStream _lock;

    GlobalTurn(FileStream taken) => _lock = taken;

    /// <summary>Waits until no other has it, and puts back what one that was killed has left.</summary>
    public static async Task<GlobalTurn> TakeAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(GlobalSetting.Place);
        while (true)
        {
            try
            {
                // The kernel lets go of the lock when its holder ends, however it ends.
                var turn = new GlobalTurn(new FileStream(Path.Combine(GlobalSetting.Place, "turn"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
                GlobalSetting.RestoreLeftovers();
                return turn;
            }
            catch (IOException taken) when (taken.HResult == EWOULDBLOCK)
            {
                await Task.Delay(Again, ct);
            }
        }
    }

    public void Dispose() => _lock.Dispose();
}
