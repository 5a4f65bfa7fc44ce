using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>Who left before he was answered, and after how long: once is a mood, always after the same time is a timeout.</summary>
public sealed class Departures
{
    /// <summary>A program that ends leaves all whom it asked in one moment.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(50);

    private const int Most = 10_000;

    private readonly Dictionary<(IPAddress Client, Endpoint Service), Dictionary<int, (TimeSpan Waited, DateTimeOffset Left)>> _waits = [];
    private readonly Moments _fronts = new();
    private readonly HashSet<ulong> _reset = [];

    /// <summary>Takes in what one socket tells.</summary>
    internal void Observe(SocketEvent next)
    {
        if (next is ResetReceived)
        {
            if (_reset.Count >= Most)
                _reset.Clear(); // a bound; the socket's end follows within microseconds
            _reset.Add(next.Socket);
        }
        if (next is not StateChanged end || GivenUp.Of(end, _reset.Remove(end.Socket), TimeSpan.Zero) is not { } left)
            return;
        bool server = end.Sample!.Opener == Opener.Remote;
        (Endpoint client, Endpoint service) = server ? (end.Remote, end.Local) : (end.Local, end.Remote);
        if (_waits.Count >= Most)
            _waits.Clear(); // a bound, as above: old ones only make the next look single
        if (!_waits.TryGetValue((client.Address, service), out Dictionary<int, (TimeSpan, DateTimeOffset)>? waits))
            _waits[(client.Address, service)] = waits = [];
        if (waits.Count < 1_000)
            waits.TryAdd(client.Port, (left.Waited, Left(end)));
        if (server && left.Waited >= GivenUp.Patience && end.Process is { } proxy)
            _fronts.Add(proxy.Pid, Left(end));
    }

    /// <summary>How many clients of one address left this service after the same time, to a twentieth.</summary>
    /// <param name="most">Whether they are at least half of all who left it unanswered: of many who leave when they like, some do so after like times.</param>
    /// <param name="atOnce">Whether they all left in one moment, as they do when their program ends.</param>
    internal int Alike(Case broken, TimeSpan waited, out bool most, out bool atOnce)
    {
        atOnce = most = true;
        if (!_waits.TryGetValue((broken.ClientEndpoint.Address, broken.ServerEndpoint), out Dictionary<int, (TimeSpan Waited, DateTimeOffset Left)>? waits))
            return 0;
        TimeSpan tolerance = TimeSpan.FromMilliseconds(Math.Max(20, waited.TotalMilliseconds / 20));
        int alike = 0;
        (DateTimeOffset first, DateTimeOffset last) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
        foreach ((TimeSpan other, DateTimeOffset left) in waits.Values)
        {
            if ((other - waited).Duration() > tolerance)
                continue;
            alike++;
            (first, last) = (left < first ? left : first, left > last ? left : last);
        }
        atOnce = last - first <= AtOnce;
        most = 2 * alike >= waits.Count;
        return alike;
    }

    /// <summary>Whether a client of this process left just then, so that it only passed the leaving on.</summary>
    internal bool IsPassedOn(ConnectionEnd proxy) =>
        proxy is { Process: { } process, Death: { } end } && _fronts.Has(process.Pid, Left(end));

    private static DateTimeOffset Left(StateChanged end) =>
        end.Time - (end.Sample?.Opener == Opener.Remote ? end.Sample.SinceFinReceived : end.Sample?.SinceFinSent) ?? end.Time;
}
