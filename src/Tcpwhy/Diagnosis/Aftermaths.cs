using Tcpwhy.Diagnosis.Causes;
using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>Connections whose end was told though one of their sockets lives on: what becomes of that one is no second failure.</summary>
internal sealed class Aftermaths
{
    private const int Most = 10_000;

    private readonly Dictionary<ConnectionKey, DateTimeOffset> _cutOff = [], _timedOut = [];

    /// <summary>Notes a connection that is about to be told.</summary>
    /// <param name="lost">Its end whose namespace was removed, if one was.</param>
    public void Observe(ConnectionKey key, Case ended, ConnectionEnd? lost)
    {
        if (lost is not null)
        {
            Remember(_cutOff, key, ended.Last);
            // Behind a translation the end that is left has another name.
            if ((ReferenceEquals(lost, ended.Client) ? ended.LivingServer : ended.LivingClient) is { } left)
                Remember(_cutOff, new ConnectionKey(left.Local, left.Remote, left.Netns), ended.Last);
        }
        else if (ended.Ends.Any(end => end.TimedOut))
            Remember(_timedOut, key, ended.Last);
    }

    /// <summary>Notes a connection that was explained as broken: when one end has closed, and the other still repeats what nobody takes, its giving up is the end of the same story; so it is when the program alone has left.</summary>
    public void Told(ConnectionKey key, Case broken)
    {
        if (broken.Ends.Any(end => end.Death is not null) && broken.Ends.Any(end => end is { Death: null, UndeliveredBytes: > 0, Retransmission.State: not TcpState.SynSent })
            || broken.Ends.Any(end => end.Death is not { To: TcpState.Closed } && RetransmissionTimeout.IsLeft(broken, end)))
            Remember(_cutOff, key, broken.Last);
    }

    /// <summary>Whether an event only tells what became of a connection that was told: its peer noticed at last, or the end that it had given up was itself cut off.</summary>
    public bool IsOf(ConnectionKey key, SocketEvent next)
    {
        if (!_cutOff.TryGetValue(key, out DateTimeOffset told) && !_timedOut.TryGetValue(key, out told))
            return false;
        if (!IsAnotherLife(next, told))
            return true;
        _cutOff.Remove(key);
        _timedOut.Remove(key);
        return false;
    }

    /// <summary>Whether an event belongs to a connection that was opened after that time from the same port.</summary>
    public static bool IsAnotherLife(SocketEvent next, DateTimeOffset time) => next switch
    {
        StateChanged { From: TcpState.SynSent } or Retransmitted { State: TcpState.SynSent } or ResetReceived { State: TcpState.SynSent } => true,
        ResetSent { Socket: 0 } refusal => refusal.Answers == TcpFlags.Syn,
        Dropped dropped => dropped.Flags == TcpFlags.Syn,
        AcceptQueueFull or SynQueueFull or SynAckRetransmitted or SynRejected => true,
        _ => next.Sample?.Age < next.Time - time,
    };

    private static void Remember(Dictionary<ConnectionKey, DateTimeOffset> told, ConnectionKey key, DateTimeOffset time)
    {
        if (told.Count >= Most)
            told.Clear(); // a bound: what comes later still counts as another connection
        told[key] = time;
    }
}
