using System.Net;

namespace Tcpwhy.Kernel.Netlink;

/// <summary>One direction of a tracked TCP connection, as segments that travel in it are addressed.</summary>
public readonly record struct ConntrackTuple(IPEndPoint Source, IPEndPoint Destination);

/// <summary>A tracked connection: how the opener addressed it, and how answers to it are addressed. Without translation the one is the other, turned round.</summary>
/// <param name="OneWay">No answer has passed here yet: UNREPLIED.</param>
/// <param name="HalfOpen">Nor has a whole handshake: not ASSURED.</param>
public sealed record ConntrackEntry(ConntrackTuple Original, ConntrackTuple Reply, bool OneWay = false, bool HalfOpen = false);
