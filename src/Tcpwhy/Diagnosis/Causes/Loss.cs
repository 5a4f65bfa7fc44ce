using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>What a lossy connection sent again, and why: shared by the causes that differ in where segments were lost.</summary>
/// <param name="Sender">The end that had to send again.</param>
/// <param name="Look">What it showed last.</param>
/// <param name="Again">Segments sent again, over the connection's life.</param>
/// <param name="Segments">Segments with payload sent, those included.</param>
internal sealed record Loss(ConnectionEnd Sender, HeldUp Look, int Again, int Segments)
{
    /// <summary>Less heals without anybody's notice, and congestion control alone causes as much.</summary>
    private const int LeastSegments = 5;
    private const double LeastShare = 0.02;

    /// <summary>Null when no end lost enough to be slowed by it.</summary>
    public static Loss? Of(Case broken)
    {
        Loss? worst = null;
        foreach (ConnectionEnd end in broken.Ends)
        {
            if (end.HeldUp is not { Sample: { } sample } look)
                continue;
            var loss = new Loss(end, look, sample.RetransmitsTotal, Math.Max(sample.DataSegmentsOut, sample.RetransmitsTotal));
            if (loss.Again >= LeastSegments && loss.Share >= LeastShare && loss.Again > (worst?.Again ?? 0))
                worst = loss;
        }
        return worst;
    }

    public double Share => Segments == 0 ? 0 : (double)Again / Segments;

    /// <summary>As 37 of 812 (4.6 %).</summary>
    public string Told => $"{Phrases.Bytes(Again)} of {Phrases.Bytes(Segments)} segments ({Percent})";

    public string Percent => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{100 * Share:0.#} %");

    /// <summary>How the losses were noticed, as far as they were watched.</summary>
    public string Kinds
    {
        get
        {
            Transfer transfer = Look.Transfer;
            List<string> kinds = [];
            if (transfer.Fast > 0)
                kinds.Add($"{transfer.Fast} fast retransmits");
            if (transfer.AfterTimeout > 0)
                kinds.Add($"{transfer.AfterTimeout} after a timeout");
            if (transfer.TailProbes > 0)
                kinds.Add($"{transfer.TailProbes} tail-loss probes");
            return string.Join(", ", kinds);
        }
    }

    /// <summary>Most of it arrived twice: it was late, not lost.</summary>
    public bool IsSpurious => Look.Transfer.Spurious * 2 > Again;

    /// <summary>Adds what every lossy connection shows.</summary>
    public Verdict Weigh(Verdict verdict) => verdict
        .For(0.6, true, "sent again", Told, "tcp_sock")
        .For(0.2, Kinds.Length > 0, "retransmits by kind", Kinds, "tcp:tcp_retransmit_skb")
        .Against(0.5, IsSpurious, "arrived twice, so late and not lost", $"{Look.Transfer.Spurious}", "tcp_sock");
}
