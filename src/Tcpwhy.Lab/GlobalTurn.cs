namespace Tcpwhy.Lab;

/// <summary>The turn to change settings of the whole host: one fault of all labs on the host has it at a time, so that none takes another's value for the old one.</summary>
internal sealed class GlobalTurn : IDisposable
{
    const int EWOULDBLOCK = 11;

    static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);

    readonly FileStream _lock;

    GlobalTurn(FileStream taken) => _lock = taken;

    /// <summary>Whether a fault of this process has the turn.</summary>
    public static bool IsOurs { get; private set; }

    /// <summary>Waits until no other has it, and puts back what one that was killed has left.</summary>
    public static async Task<GlobalTurn> TakeAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(GlobalSetting.Place);
        GlobalTurn? turn;
        while ((turn = TryTake()) is null)
            await Task.Delay(Again, ct);
        GlobalSetting.RestoreAll();
        IsOurs = true;
        return turn;
    }

    /// <summary>Takes it when no other has it.</summary>
    public static GlobalTurn? TryTake()
    {
        try
        {
            // The kernel lets go of the lock when its holder ends, however it ends.
            return new GlobalTurn(new FileStream(Path.Combine(GlobalSetting.Place, "turn"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException taken) when (taken.HResult == EWOULDBLOCK)
        {
            return null;
        }
    }

    public void Dispose()
    {
        IsOurs = false;
        _lock.Dispose();
    }
}
