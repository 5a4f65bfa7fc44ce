using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A SYN that was answered with a reset, as both ends showed it.</summary>
/// <param name="Seen">The reset as the service's kernel sent it, when that kernel is this one.</param>
/// <param name="Segment">The reset as it arrived at the client.</param>
internal sealed record Refusals(ResetSent? Seen, Segment? Segment)
{
    /// <summary>Null when the case is no refused SYN.</summary>
    public static Refusals? Of(Case broken)
    {
        ResetSent? seen = broken.ServerRefusal is { Answers: TcpFlags.Syn, Reason: "NO_SOCKET" or "NOT_SPECIFIED" } refusal ? refusal : null;
        bool received = broken.Client is { Received: not null, State: TcpState.SynSent };
        return seen is null && (!received || broken.ServerRefusal is not null) ? null : new Refusals(seen, broken.Client?.Received?.Segment);
    }
}
