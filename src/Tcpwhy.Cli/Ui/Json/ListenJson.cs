using Tcpwhy.Serving;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>A run of the test server as <c>tcpwhy.listen/1</c>: see docs/schemas/listen.json.</summary>
internal sealed record ListenJson(string Schema, string Endpoint, string Mode, bool Tls, ListenWindowJson Window, ListenConnectionsJson Connections,
    long Requests, long BadRequests, long FailedHandshakes, long BytesReceived, long BytesSent, IReadOnlyList<OnPurposeJson> OnPurpose, ListenCostJson Cost)
{
    public static ListenJson Of(Listened listened)
    {
        ListenSettings settings = listened.Server.Settings;
        ListenCounters counters = listened.Server.Counters;
        return new ListenJson("tcpwhy.listen/1", listened.Server.Endpoint.ToString(), Listened.Mode(settings), settings.Tls,
            new ListenWindowJson(listened.Start, listened.End, Math.Round(listened.Seconds, 6)),
            new ListenConnectionsJson(counters.Accepted, counters.ActivePeak, counters.OutOfDescriptors,
                new ListenEndingsJson(counters.Endings(ConnectionEnding.PeerFin), counters.Endings(ConnectionEnding.PeerReset),
                    counters.Endings(ConnectionEnding.OurFin), counters.Endings(ConnectionEnding.OurReset), counters.Endings(ConnectionEnding.Lost))),
            counters.Requests, counters.BadRequests, counters.FailedHandshakes, counters.BytesReceived, counters.BytesSent,
            [.. Misbehaviours.Of(settings).Select(kind => new OnPurposeJson(Misbehaviours.Option(kind)[2..], counters.Misdeeds(kind), Misbehaviours.Causes(kind)))],
            new ListenCostJson(listened.Cost.Cpu.TotalSeconds, listened.Cost.PeakMemoryBytes));
    }
}

internal sealed record ListenWindowJson(DateTimeOffset Start, DateTimeOffset End, double Seconds);

/// <summary>The endings sum up to what was accepted.</summary>
internal sealed record ListenConnectionsJson(long Accepted, long ActivePeak, long OutOfDescriptors, ListenEndingsJson EndedBy);

internal sealed record ListenEndingsJson(long PeerFin, long PeerReset, long OurFin, long OurReset, long Lost);

/// <summary>A misbehaviour that was asked for, how often it acted, and the causes that clients met.</summary>
internal sealed record OnPurposeJson(string Kind, long Count, IReadOnlyList<string> Causes);

internal sealed record ListenCostJson(double CpuSeconds, long PeakMemoryBytes);
