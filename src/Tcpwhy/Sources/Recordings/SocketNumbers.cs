using Tcpwhy.Model;

namespace Tcpwhy.Sources.Recordings;

/// <summary>Numbers sockets in the order of their appearance, because their keys are kernel addresses, which no file may give away.</summary>
internal sealed class SocketNumbers
{
    // The kernel reuses a socket's memory, so the distinct keys stay about as many as sockets were ever open at once.
    private readonly Dictionary<ulong, ulong> _numbers = [];

    /// <summary>The same event with its socket's number in place of the key.</summary>
    public Event Apply(Event e) => e switch
    {
        SocketEvent { Socket: not 0 } s => s with { Socket = NumberOf(s.Socket) },
        Listening { Socket: not 0 } l => l with { Socket = NumberOf(l.Socket) },
        _ => e,
    };

    private ulong NumberOf(ulong key)
    {
        if (!_numbers.TryGetValue(key, out ulong number))
            _numbers.Add(key, number = (ulong)_numbers.Count + 1);
        return number;
    }
}
