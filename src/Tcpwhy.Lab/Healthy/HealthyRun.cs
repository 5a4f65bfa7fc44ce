using Tcpwhy.Model;

namespace Tcpwhy.Lab.Healthy;

/// <summary>What healthy traffic did.</summary>
/// <param name="Service">Where the clients connected.</param>
/// <param name="Requests">Requests that were answered (or checks, or connections that came to their end).</param>
/// <param name="Errors">Errors that the client counted.</param>
public sealed record HealthyRun(Endpoint Service, long Requests, long Errors);
