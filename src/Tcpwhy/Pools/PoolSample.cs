namespace Tcpwhy.Pools;

/// <summary>Every TCP socket at one moment of the window.</summary>
/// <param name="At">Since the window began.</param>
public sealed record PoolSample(TimeSpan At, IReadOnlyList<PoolSocket> Sockets);
