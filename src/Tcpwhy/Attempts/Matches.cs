using System.Net;
using System.Net.Sockets;
using Tcpwhy.Diagnosis;
using Tcpwhy.Model;

namespace Tcpwhy.Attempts;

/// <summary>Brings each failed attempt together with the verdict on its connection, whichever comes first; both wait within bounds.</summary>
internal sealed class Matches
{
    /// <summary>A verdict holds the events of its connection, some kilobytes.</summary>
    public const int MostVerdicts = 4_096;
    public const int MostWaiting = 32_768;

    /// <summary>Between what the kernel did and what our program noticed.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(Endpoint, Endpoint), Waiter> _waiting = [];
    private readonly Dictionary<Endpoint, Queue<Waiter>> _portless = [];
    private readonly Queue<Waiter> _order = [];
    private readonly Dictionary<(Endpoint, Endpoint), Verdict> _verdicts = [];
    private readonly Queue<((Endpoint, Endpoint) Connection, Verdict Verdict)> _verdictOrder = [];

    /// <summary>How many attempts wait for a verdict.</summary>
    public int Waiting { get; private set; }

    /// <summary>The verdict that came before the attempt, which was noticed later, or null.</summary>
    public Verdict? Take(FailedAttempt failed) =>
        _verdicts.TryGetValue((failed.Local, failed.Remote), out Verdict? verdict) && Fits(failed, verdict) && _verdicts.Remove((failed.Local, failed.Remote))
            ? verdict : null;

    /// <summary>Lets an attempt wait for its verdict; false when too many do.</summary>
    public bool Wait(FailedAttempt failed)
    {
        if (Waiting >= MostWaiting)
            return false;
        var waiter = new Waiter(failed);
        if (failed.Local.Port == 0)
        {
            if (!_portless.TryGetValue(failed.Remote, out Queue<Waiter>? alike))
                _portless[failed.Remote] = alike = [];
            alike.Enqueue(waiter);
        }
        else if (!_waiting.TryAdd((failed.Local, failed.Remote), waiter))
        {
            return false;
        }
        _order.Enqueue(waiter);
        Waiting++;
        return true;
    }

    /// <summary>The attempt that waited for this verdict; null when none does yet, and then the verdict waits.</summary>
    public FailedAttempt? Claim(Verdict verdict)
    {
        var connection = (verdict.Case.ClientEndpoint, verdict.Case.ServerEndpoint);
        Waiter? waiter = Named(connection, verdict) ?? Named((connection.ClientEndpoint with { Address = Any(connection.ClientEndpoint.Address) }, connection.ServerEndpoint), verdict) ?? Portless(verdict);
        if (waiter is not null)
        {
            Release(waiter);
            return waiter.Failed;
        }
        while (_verdictOrder.Count >= MostVerdicts)
        {
            var oldest = _verdictOrder.Dequeue();
            if (_verdicts.TryGetValue(oldest.Connection, out Verdict? kept) && ReferenceEquals(kept, oldest.Verdict))
                _verdicts.Remove(oldest.Connection);
        }
        _verdicts[connection] = verdict;
        _verdictOrder.Enqueue((connection, verdict));
        return null;
    }

    /// <summary>The attempts from before <paramref name="time"/>, which wait no more.</summary>
    public IEnumerable<FailedAttempt> Overdue(DateTimeOffset time)
    {
        while (_order.TryPeek(out Waiter? oldest) && (oldest.Done || oldest.Failed.Time < time))
        {
            _order.Dequeue();
            if (oldest.Done)
                continue;
            Release(oldest);
            yield return oldest.Failed;
        }
    }

    private Waiter? Named((Endpoint, Endpoint) connection, Verdict verdict) =>
        _waiting.TryGetValue(connection, out Waiter? waiter) && Fits(waiter.Failed, verdict) ? waiter : null;

    /// <summary>What a runtime tells as the address of a socket that it has not seen connected.</summary>
    private static IPAddress Any(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;

    /// <summary>A failed connect may take its port back before its program could ask for it: then the oldest attempt that ended alike.</summary>
    private Waiter? Portless(Verdict verdict)
    {
        if (!_portless.TryGetValue(verdict.Case.ServerEndpoint, out Queue<Waiter>? alike))
            return null;
        while (alike.TryPeek(out Waiter? waiter))
        {
            if (!waiter.Done)
                return Fits(waiter.Failed, verdict) && verdict.Case.Client is { State: TcpState.SynSent } client && client.Errno == waiter.Failed.Errno ? waiter : null;
            alike.Dequeue();
        }
        _portless.Remove(verdict.Case.ServerEndpoint);
        return null;
    }

    private void Release(Waiter waiter)
    {
        waiter.Done = true;
        Waiting--;
        if (waiter.Failed.Local.Port != 0)
            _waiting.Remove((waiter.Failed.Local, waiter.Failed.Remote));
    }

    /// <summary>Whether a verdict is on this life of the connection, and not on an earlier one of the same ports. What ended an idle connection is noticed when it is used again.</summary>
    private static bool Fits(FailedAttempt failed, Verdict verdict) =>
        verdict.Case.Last >= failed.Time - failed.SinceTraffic - Slack && verdict.Case.Start <= failed.Time + Slack;

    private sealed class Waiter(FailedAttempt failed)
    {
        public FailedAttempt Failed => failed;
        public bool Done { get; set; }
    }
}
