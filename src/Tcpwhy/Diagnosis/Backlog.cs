using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>Requests that waited in a proxy while others were at its servers.</summary>
/// <param name="Looks">In how many looks at all sockets it was so.</param>
/// <param name="InUse">How many requests were at the servers.</param>
/// <param name="Constant">Whether they were always as many.</param>
/// <param name="Oldest">How long the oldest had waited.</param>
/// <param name="Server">Where the others were.</param>
public sealed record Backlog(int Looks, int InUse, bool Constant, TimeSpan Oldest, Endpoint Server);
