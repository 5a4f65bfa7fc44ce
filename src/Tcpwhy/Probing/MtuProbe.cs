using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Tcpwhy.Model;

namespace Tcpwhy.Probing;

/// <summary>Finds a path-MTU black hole: the handshake passes and full segments vanish. TCP_MAXSEG limits both directions of a new connection, so the largest size that passes is found by narrowing it.</summary>
internal sealed class MtuProbe(ProbePlan plan, Endpoint remote, TimeProvider time)
{
    // Retransmission begins at 200 ms and doubles: by then a full segment has been sent four times.
    private static readonly TimeSpan LeastPatience = TimeSpan.FromMilliseconds(1600);
    private const int AtOnce = 4;
    private const int Ipv4Header = 40;
    private const int Ipv6Header = 60;
    private const int Timestamps = 12;

    // Every path must carry packets of 576 bytes (RFC 791), of IPv6 1280 (RFC 8200).
    private const int Ipv4Least = 536;
    private const int Ipv6Least = 1220;
    private readonly bool _v6 = remote.Address.AddressFamily == AddressFamily.InterNetworkV6;
    private int _connections;

    private int Headers => _v6 ? Ipv6Header : Ipv4Header;
    private int Least => _v6 ? Ipv6Least : Ipv4Least;

    public async Task<MtuResult> RunAsync(CancellationToken stop)
    {
        (MtuDirection there, int device) = await ThereAsync(stop).ConfigureAwait(false);
        MtuDirection back = await BackAsync(stop).ConfigureAwait(false);
        return new MtuResult { InterfaceBytes = device, There = there, Back = back, Connections = _connections };
    }

    private async Task<(MtuDirection There, int Device)> ThereAsync(CancellationToken stop)
    {
        FullSegments full = await SendAsync(null, stop).ConfigureAwait(false);
        if (full.Before is not { } before || full.After is not { } after)
            return (new MtuDirection { Outcome = MtuOutcome.Untested }, 0);
        int device = InterfaceMtu(full.Local);
        int size = Packet(after, after.SendMssBytes);
        if (full.Arrived)
            return (new MtuDirection { Outcome = MtuOutcome.Passes, PassingBytes = Math.Min(size, full.TestedBytes), ToldByRouter = after.PathMtuBytes < device && size <= after.PathMtuBytes }, device);
        if (!full.Vanished)
            return (new MtuDirection { Outcome = MtuOutcome.Untested }, device);
        if (!(await SendAsync(Least, stop).ConfigureAwait(false)).Arrived)
            return (new MtuDirection { Outcome = MtuOutcome.Stalls, Retransmits = after.Retransmits }, device);
        int failing = Packet(before, before.SendMssBytes) - Headers;
        (int passes, int vanishes) = await NarrowAsync(async segment => (await SendAsync(segment, stop).ConfigureAwait(false)).Arrived, Least, failing).ConfigureAwait(false);
        return (new MtuDirection
        {
            Outcome = MtuOutcome.BlackHole,
            PassingBytes = passes + Headers,
            VanishingBytes = vanishes + Headers,
            Retransmits = after.Retransmits,
        }, device);
    }

    private async Task<MtuDirection> BackAsync(CancellationToken stop)
    {
        if (!plan.Tls && plan.HttpPath is null)
            return new MtuDirection { Outcome = MtuOutcome.Untested };
        Attempt full = await AnswerAsync(null, plan.ResponseTimeout, stop).ConfigureAwait(false);
        if (full is not { Connect: not null, Socket: { } reading })
            return new MtuDirection { Outcome = MtuOutcome.Untested };
        if (full.Outcome != AttemptOutcome.NoAnswer)
            return new MtuDirection { Outcome = full.IsOk ? MtuOutcome.Passes : MtuOutcome.Untested, PassingBytes = full.IsOk ? Packet(reading, reading.ReceiveMssBytes) : 0 };
        Attempt least = await AnswerAsync(Least, plan.ResponseTimeout, stop).ConfigureAwait(false);
        if (!least.IsOk)
            return new MtuDirection { Outcome = MtuOutcome.Stalls };
        TimeSpan patience = LeastPatience + (4 * least.Total.GetValueOrDefault());
        (int passes, int vanishes) = await NarrowAsync(async segment => (await AnswerAsync(segment, patience, stop).ConfigureAwait(false)).IsOk, Least, reading.PathMtuBytes - Headers)
            .ConfigureAwait(false);
        return new MtuDirection
        {
            Outcome = MtuOutcome.BlackHole,
            PassingBytes = passes + Headers,
            VanishingBytes = vanishes + Headers,
            OutOfOrder = reading.OutOfOrderSegments,
        };
    }

    private async Task<FullSegments> SendAsync(int? segment, CancellationToken stop)
    {
        Interlocked.Increment(ref _connections);
        return await FullSegments.SendAsync(plan with { Socket = plan.Socket with { MaxSegmentBytes = segment } }, remote, LeastPatience, stop).ConfigureAwait(false);
    }

    private async Task<Attempt> AnswerAsync(int? segment, TimeSpan patience, CancellationToken stop)
    {
        Interlocked.Increment(ref _connections);
        using var attempting = new Attempting(plan with { Socket = plan.Socket with { MaxSegmentBytes = segment }, ResponseTimeout = patience }, remote, time);
        return await attempting.MakeAsync(stop).ConfigureAwait(false);
    }

    // Four sizes at once: one that vanishes takes its whole patience, and a path carries five connections.
    private static async Task<(int Passes, int Vanishes)> NarrowAsync(Func<int, Task<bool>> passes, int passing, int vanishing)
    {
        while (vanishing - passing > 1)
        {
            int gap = vanishing - passing;
            int[] sizes = [.. Enumerable.Range(1, AtOnce).Select(i => passing + (gap * i / (AtOnce + 1))).Where(size => size > passing && size < vanishing).Distinct()];
            if (sizes.Length == 0)
                sizes = [passing + 1];
            bool[] passed = await Task.WhenAll(sizes.Select(passes)).ConfigureAwait(false);
            for (int i = 0; i < sizes.Length; i++)
            {
                if (!passed[i])
                {
                    vanishing = sizes[i];
                    break;
                }
                passing = sizes[i];
            }
        }
        return (passing, vanishing);
    }

    // What the kernel knows of a route (its own MTU, or one that a router told before) is less than what the interface takes.
    private static int InterfaceMtu(IPAddress? local) =>
        NetworkInterface.GetAllNetworkInterfaces().Select(one => one.GetIPProperties())
            .FirstOrDefault(one => one.UnicastAddresses.Any(address => address.Address.Equals(local)))?.GetIPv4Properties()?.Mtu ?? 0;

    private int Packet(SocketReading reading, int payload) => payload + Headers + ((reading.Options & 1) != 0 ? Timestamps : 0);
}
