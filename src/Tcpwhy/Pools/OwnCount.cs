namespace Tcpwhy.Pools;

/// <summary>What a process itself counted of its requests to one server in the window, told by its runtime.</summary>
/// <param name="Server">As its program names it: a name or an address, and a port.</param>
/// <param name="Requests">Those that ended.</param>
/// <param name="Failed">Those of them that ended with an error.</param>
/// <param name="Waited">Those that found no connection free and waited in the pool's queue for one.</param>
/// <param name="WaitedMean">How long those waited.</param>
/// <param name="WaitedLongest">The 99th percentile of the worst interval.</param>
public sealed record OwnCount(string Server, long Requests, long Failed, long Waited, TimeSpan WaitedMean, TimeSpan WaitedLongest);

/// <summary>A process whose counters could not be read.</summary>
/// <param name="Why">An English phrase.</param>
public sealed record CountersUnread(int Pid, string Why);
