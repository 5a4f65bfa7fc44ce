using Tcpwhy.Texts;

namespace Tcpwhy.Alerting.Delivery;

/// <summary>Who sends: what every message says of us.</summary>
/// <param name="Host">The name of this host.</param>
/// <param name="Language">That of receivers which have none of their own.</param>
public sealed record Sender(string Host, Language Language);
