using System.Globalization;
using Tcpwhy.Texts;

namespace Tcpwhy.Tuning.Advice;

/// <summary>Raises the limits of the kernel's tables that are nearly full.</summary>
internal static class Tables
{
    public static void Advise(Draft draft)
    {
        Double(draft, GaugeKind.Conntrack, "the firewall can remember twice as many connections before it drops new ones");
        Double(draft, GaugeKind.TimeWait, "sockets in TIME_WAIT keep protecting their ports from late segments");
        Double(draft, GaugeKind.Orphans, "closed sockets can finish sending before the kernel resets them");
        Double(draft, GaugeKind.Files, "all processes together can open twice as many files and sockets");
        Memory(draft);
    }

    private static void Double(Draft draft, GaugeKind kind, string why)
    {
        foreach (Gauge gauge in draft.Situation.Headroom.Of(kind))
        {
            List<Sentence> evidence = [.. Seen.Asking(draft.Situation, gauge.Setting).Select(Seen.Of)];
            if (gauge.Share >= Headroom.Near)
                evidence.Insert(0, Seen.Of(gauge));
            if (evidence.Count > 0 && gauge.Limit <= long.MaxValue / 2)
                draft.Propose(gauge.Setting, (gauge.Limit * 2).ToString(CultureInfo.InvariantCulture), new Sentence(why), evidence);
        }
    }

    private static void Memory(Draft draft)
    {
        const string Setting = "net.ipv4.tcp_mem";
        if (!draft.Situation.Values.TryGetValue(Setting, out string? value))
            return;
        List<Sentence> evidence = [.. draft.Situation.Headroom.NearLimit(GaugeKind.TcpMemory).Select(Seen.Of), .. Seen.Asking(draft.Situation, Setting).Select(Seen.Of)];
        // Half as much again: the rest of the host needs memory too.
        string[] more = [.. value.Split(' ').Select(word => (long.Parse(word, NumberStyles.None) * 3 / 2).ToString(CultureInfo.InvariantCulture))];
        if (evidence.Count > 0)
            draft.Propose(Setting, string.Join(' ', more), new Sentence("TCP may use half as much memory again before it cuts windows and drops segments"), evidence);
    }
}
