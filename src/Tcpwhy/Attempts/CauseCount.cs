namespace Tcpwhy.Attempts;

/// <summary>How many attempts failed for one cause.</summary>
/// <param name="Cause">An id of the catalogue, as conn-refused-no-listener or unknown-timeout.</param>
public sealed record CauseCount(string Cause, long Count);
