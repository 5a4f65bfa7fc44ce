namespace Tcpwhy.Alerting;

/// <summary>A change on its way to receivers.</summary>
/// <param name="Id">The same at every attempt to deliver it, and never another's.</param>
public sealed record AlertNotice(string Id, long Serial, AlertChange Change);
