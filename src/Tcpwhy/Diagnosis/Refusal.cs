using System.Numerics;

namespace Tcpwhy.Diagnosis;

/// <summary>The ports of one host that refused one source. Who looks around tries many ports about as often as each other; who works there tries his own again and again.</summary>
internal sealed class Refusal
{
    /// <summary>Tries that are more than a second look.</summary>
    private const int Insists = 3;

    /// <summary>A host of which so many ports refuse a source again and again is scanned again and again; with fewer, it may be that so many services are down.</summary>
    private const int ScannedAgain = 30;

    private const int MostPorts = 10_000;

    private readonly Dictionary<int, int> _tries = [];

    /// <summary>How many ports were tried once, 2 or 3 times, 4 to 7 times, and so on.</summary>
    private readonly int[] _ports = new int[32];

    /// <summary>How many were looked at and left.</summary>
    private int _left;

    public void Add(int port)
    {
        int tries = _tries.GetValueOrDefault(port);
        if (tries == 0 && _tries.Count == MostPorts)
            return;
        _tries[port] = tries + 1;
        _ports[BitOperations.Log2((uint)tries + 1)]++;
        if (tries == 0)
            _left++;
        else
            _ports[BitOperations.Log2((uint)tries)]--;
        if (tries + 1 == Insists)
            _left--;
    }

    /// <summary>How many ports were tried as a scanner does; 0 when this one was tried as by somebody who needs it.</summary>
    public int Scanned(int port)
    {
        int tries = _tries.GetValueOrDefault(port), alike = 0;
        // A round that is under way has come to some ports and not yet to others.
        int least = tries < Insists ? 0 : Math.Max(1, BitOperations.Log2((uint)tries) - 1);
        foreach (int ports in _ports.AsSpan(least))
            alike += ports;
        return alike >= ScannedAgain ? alike : tries < Insists ? _left : 0;
    }
}
