using System.Diagnostics;

namespace Tcpwhy.Sources;

/// <summary>Keeps who holds which socket between looks: finding it out goes through every descriptor of the host, and may take a twentieth of the time at most.</summary>
internal sealed class RememberedOwners
{
    private const int Share = 20;
    private SocketOwners? _owners;
    private long _read;
    private TimeSpan _took;

    /// <summary>What was found last, or anew by <paramref name="read"/> when that can be afforded.</summary>
    public SocketOwners Get(Func<SocketOwners> read)
    {
        if (_owners is not null && Stopwatch.GetElapsedTime(_read) < _took * Share)
            return _owners;
        long began = Stopwatch.GetTimestamp();
        _owners = read();
        _read = Stopwatch.GetTimestamp();
        _took = Stopwatch.GetElapsedTime(began, _read);
        return _owners;
    }
}
