using System.Runtime.CompilerServices;

namespace Tcpwhy.Kernel.InetDiag;

/// <summary>struct inet_diag_msg with its struct inet_diag_sockid; a suffix _be marks network byte order.</summary>
internal struct InetDiagHeader
{
    public byte idiag_family;
    public byte idiag_state;
    public byte idiag_timer;
    public byte idiag_retrans;
    public InetDiagSockId id;
    public uint idiag_expires;
    public uint idiag_rqueue;
    public uint idiag_wqueue;
    public uint idiag_uid;
    public uint idiag_inode;
}

/// <summary>struct inet_diag_sockid.</summary>
internal struct InetDiagSockId
{
    public ushort idiag_sport_be;
    public ushort idiag_dport_be;
    public Address idiag_src;
    public Address idiag_dst;
    public uint idiag_if;
    public uint idiag_cookie_low;
    public uint idiag_cookie_high;

    [InlineArray(16)]
    internal struct Address
    {
        private byte first;
    }
}

/// <summary>struct inet_diag_req_v2 behind its netlink header.</summary>
internal struct InetDiagRequest
{
    public Netlink.NetlinkHeader header;
    public byte sdiag_family;
    public byte sdiag_protocol;
    public byte idiag_ext;
    public byte pad;
    public uint idiag_states;
    public InetDiagSockId id;
}
