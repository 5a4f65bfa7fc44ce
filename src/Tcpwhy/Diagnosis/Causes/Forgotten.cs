using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A connection that was idle and then met a box that does not know it any more: shared by the causes that differ in the box, and in what it does.</summary>
/// <param name="Hit">The end whose segments were dropped or answered.</param>
/// <param name="Idle">How long nothing had been acknowledged before it sent.</param>
/// <param name="Drop">Its first segment that was dropped on this host, or null.</param>
/// <param name="Looked">What connection tracking said where it was dropped: that it knows no such connection; null when it does, or was not asked.</param>
/// <param name="Translated">Whether the service's address stands for another.</param>
internal sealed record Forgotten(ConnectionEnd Hit, TimeSpan Idle, Dropped? Drop, ConntrackLooked? Looked, bool Translated)
{
    /// <summary>Boxes count whole seconds, and look through their tables now and then.</summary>
    private const double Early = 0.9;

    public bool ByReset => Hit.Received is not null;

    /// <summary>The box was seen to have forgotten it: it was idle for as long as the table there keeps one, and is in it no more.</summary>
    public bool IsExpired => Looked is { IdleTimeout: var timeout } && timeout > TimeSpan.Zero && Idle >= timeout * Early;

    /// <summary>Null when no established connection went unanswered, or was reset, after it had worked and been idle.</summary>
    public static Forgotten? Of(Case broken)
    {
        ConnectionEnd? hit = broken.Ends.FirstOrDefault(end => end is { State: TcpState.Established, Sample: { BytesAcked: > 1, Orphaned: false } }
            && (end.Received is not null && end.Sent is null || end.Received is null && (end.UndeliveredBytes > 0 && end.Retransmission is not null || end.Sent is { Reason: "TCP_KEEPALIVE_TIMEOUT" })));
        if (hit is null || broken.Other(hit) is { Sent: not null })
            return null;
        Dropped? drop = broken.Drops.Find(dropped => dropped.Reason == "NETFILTER_DROP" && !dropped.Flags.HasFlag(TcpFlags.Syn) && dropped.Remote == hit.Local);
        if (IdleBefore(hit, drop) is not { } idle)
            return null;
        ConntrackLooked? looked = drop is null ? null : broken.Tracked.Find(asked => asked.Netns == drop.Netns && !asked.Known);
        bool client = ReferenceEquals(hit, broken.Client);
        bool translated = client && broken.LivingServer is { } server && server.Local != hit.Remote || broken.Tracked.Exists(asked => asked.IsTranslated);
        return new Forgotten(hit, idle, drop, looked, translated);
    }

    /// <summary>Time between the last acknowledgement and the segment that met trouble.</summary>
    private static TimeSpan? IdleBefore(ConnectionEnd hit, Dropped? drop)
    {
        SocketEvent first = hit.Events.FirstOrDefault(step => step.Sample is not null) ?? hit.Events[0];
        if (first.Sample is not { } sample || (sample.LastAckReceived ?? sample.LastDataReceived) is not { } quiet)
            return null;
        if (hit.Received is not null)
            return sample.LastDataSent is { } sent && quiet > sent ? quiet - sent : null;
        if (drop is not null && drop.Time <= first.Time)
            return quiet - (first.Time - drop.Time);
        // Repeats come after R, 2R, 4R …: the n-th, before the timeout is doubled, 2R(1 - 2^-n) after the first.
        double waited = first is Retransmitted again ? 2 * sample.RetransmitTimeoutMicroseconds * (1 - Math.Pow(2, -again.Attempt)) : 0;
        return quiet - TimeSpan.FromMicroseconds(waited);
    }
}
