namespace Tcpwhy.Model;

/// <summary>TCP header flags with their bits on the wire.</summary>
[Flags]
public enum TcpFlags
{
    None = 0,
    Fin = 1,
    Syn = 2,
    Rst = 4,
    Psh = 8,
    Ack = 16,
}

/// <summary>The header of a segment as it arrived: it tells a process's reset from an absent socket's and from a firewall's.</summary>
/// <param name="Ttl">TTL or hop limit on arrival.</param>
/// <param name="IpId">IPv4 identification; 0 on IPv6.</param>
/// <param name="Window">Window field as on the wire.</param>
/// <param name="HasTimestamp">Whether TCP options were present.</param>
/// <param name="UsualTtl">TTL of the connection's other segments; 0 when none was seen.</param>
public sealed record Segment(int Ttl, int IpId, int Window, bool HasTimestamp, int UsualTtl)
{
    /// <summary>A Linux process's own abort has options and a window; a reset for an absent socket, or a firewall's, has neither.</summary>
    public bool LooksLikeProcess => HasTimestamp || Window != 0 || IpId != 0;
}
