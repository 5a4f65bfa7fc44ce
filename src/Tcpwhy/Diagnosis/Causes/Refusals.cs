using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A SYN that was answered with a reset, as both ends showed it.</summary>
/// <param name="Seen">The reset as the service's kernel sent it, when that kernel is this one.</param>
/// <param name="Segment">The reset as it arrived at the client.</param>
internal sealed record Refusals(ResetSent? Seen, Segment? Segment)
{
    /// <summary>Whether service and client are in one namespace, so that its own kernel must have answered: connections to an address of one's own come from that same address.</summary>
    public static bool IsHere(Case broken) =>
        broken.Client is { } client && (IPAddress.IsLoopback(client.Remote.Address) || client.Local.Address.Equals(client.Remote.Address));

    /// <summary>The namespace of the service when it is known, or 0.</summary>
    public static uint Netns(Case broken) => broken.ServerNetns != 0 || !IsHere(broken) ? broken.ServerNetns : broken.Client!.Netns;

    /// <summary>Null when the case is no refused SYN.</summary>
    public static Refusals? Of(Case broken)
    {
        ResetSent? seen = broken.ServerRefusal is { Answers: TcpFlags.Syn, Reason: "NO_SOCKET" or "NOT_SPECIFIED" } refusal ? refusal : null;
        // A subflow of MPTCP only asks to join: its connection stands.
        bool received = broken.Client is { Received: not null, State: TcpState.SynSent, Sample: not { Subflow: true } };
        return seen is null && (!received || broken.ServerRefusal is not null) ? null : new Refusals(seen, broken.Client?.Received?.Segment);
    }
}
