using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>The addresses that one process uses at one port, seen from one that fails it.</summary>
/// <param name="Alive">Those that serve it, the busiest first.</param>
/// <param name="Failures">Attempts at the one that fails.</param>
/// <param name="WhenCounted">Those of them before the others were counted.</param>
/// <param name="FailingAddresses">How many addresses fail it, this one with them.</param>
/// <param name="Before">What the one that fails did for it before, if anything.</param>
internal sealed record Rotation(IReadOnlyList<Sibling> Alive, int Failures, int WhenCounted, int FailingAddresses, Sibling? Before)
{
    /// <summary>Connections to the addresses that serve.</summary>
    public long Served => Alive.Sum(one => one.Closed + one.Open);

    /// <summary>Whether each call that failed may have gone through to another address; one may have been on its way there.</summary>
    public bool MadeUp => Served + 1 >= WhenCounted;

    /// <summary>Whether anything was said there: who only looks whether somebody listens learns nothing else.</summary>
    public bool Used => Alive.Any(one => one.BytesSent + one.BytesReceived > 0);
}
