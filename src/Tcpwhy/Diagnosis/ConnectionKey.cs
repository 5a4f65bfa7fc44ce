using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>A connection's 4-tuple without direction, so that both of its ends find each other. Loopback addresses exist once per namespace, so they carry theirs.</summary>
public readonly record struct ConnectionKey
{
    private readonly Endpoint _low;
    private readonly Endpoint _high;
    private readonly uint _netns;

    public ConnectionKey(Endpoint one, Endpoint other, uint netns)
    {
        (_low, _high) = Compare(one, other) <= 0 ? (one, other) : (other, one);
        _netns = IPAddress.IsLoopback(one.Address) || IPAddress.IsLoopback(other.Address) ? netns : 0;
    }

    private static int Compare(Endpoint one, Endpoint other)
    {
        if (one.Port != other.Port)
            return one.Port.CompareTo(other.Port);
        Span<byte> left = stackalloc byte[16], right = stackalloc byte[16];
        one.Address.TryWriteBytes(left, out int leftLength);
        other.Address.TryWriteBytes(right, out int rightLength);
        return left[..leftLength].SequenceCompareTo(right[..rightLength]);
    }
}
