namespace Tcpwhy.Pools;

/// <summary>A pool at one sample: connections by what they did.</summary>
/// <param name="Busy">Data went since the sample before, or an answer is due.</param>
/// <param name="Awaiting">An answer is due at this moment.</param>
/// <param name="Asked">Requests that the process itself has yet to answer, on connections that it accepted.</param>
/// <param name="Ports">Local ports in use to this destination from one address, by any process.</param>
internal readonly record struct PoolMoment(TimeSpan At, int Established, int CloseWait, int Busy, int Awaiting, int Asked, int Ports)
{
    public int Size => Established + CloseWait;
}
