namespace Tcpwhy.Diagnosis;

/// <summary>The ports of one host that refused one source. Who looks around tries each a time or two; who works there tries his own again and again.</summary>
internal sealed class Refusal
{
    private const int Insists = 3, MostPorts = 10_000;

    private readonly Dictionary<int, int> _tries = [];
    private int _scanned;

    public void Add(int port)
    {
        int tries = _tries.GetValueOrDefault(port);
        if (tries == 0 && _tries.Count == MostPorts)
            return;
        _tries[port] = tries + 1;
        if (tries == 0)
            _scanned++;
        else if (tries + 1 == Insists)
            _scanned--;
    }

    /// <summary>How many ports were tried as a scanner does; 0 when this one was tried as by somebody who needs it.</summary>
    public int Scanned(int port) => _tries.GetValueOrDefault(port) < Insists ? _scanned : 0;
}
