using Tcpwhy.Texts;

namespace Tcpwhy.Tuning.Advice;

/// <summary>Widens the range of local ports where one destination uses it up, keeps listeners' ports out of it, and lets ports in TIME_WAIT be used again where these are what fills it.</summary>
internal static class LocalPorts
{
    private const string Range = "net.ipv4.ip_local_port_range";
    private const string Reserved = "net.ipv4.ip_local_reserved_ports";
    private const string Reuse = "net.ipv4.tcp_tw_reuse";
    private const int Lowest = 10_240;
    private const int Highest = 65_535;

    public static void Advise(Draft draft)
    {
        Situation now = draft.Situation;
        List<Gauge> full = [.. now.Headroom.NearLimit(GaugeKind.LocalPorts)];
        List<Sentence> evidence = [.. full.Select(Seen.Of), .. Seen.Asking(now, Range).Select(Seen.Of)];
        if (evidence.Count == 0 || !TryRange(now, out int low, out int high))
            return;
        if (full.Exists(gauge => gauge.InTimeWait * 2 >= gauge.Used) && now.Number("net.ipv4.tcp_timestamps") != 0)
            draft.Propose(Reuse, "1", new Sentence("lets new connections take ports in TIME_WAIT that are older than a second; most used ports are in TIME_WAIT"), evidence);
        if (low <= Lowest && high == Highest)
        {
            draft.Leave(Range, new Sentence("is as wide as it should be: reuse connections, or add addresses or ports at one end"));
            return;
        }
        Reserve(draft, low, high);
        int widest = Math.Min(low, Lowest);
        draft.Propose(Range, $"{widest} {Highest}",
            new Sentence("gives each destination {0} local ports instead of {1}", (Highest - widest + 1).ToString("N0"), (high - low + 1).ToString("N0")), evidence);
    }

    /// <summary>Whether the range is wide enough already.</summary>
    public static bool IsWide(Situation now) => TryRange(now, out int low, out int high) && low <= Lowest && high == Highest;

    /// <summary>Before the range grows over the ports of listeners, they are taken out of it: a connection that had one would keep the service from starting again.</summary>
    public static void Reserve(Draft draft, int low, int high)
    {
        if (!draft.Situation.Values.TryGetValue(Reserved, out string? before))
            return;
        PortList ports = PortList.Parse(before);
        List<int> added = [];
        foreach (int port in draft.Situation.Headroom.ListeningPorts.Order())
        {
            if (port < Lowest || (port >= low && port <= high) || ports.Contains(port))
                continue;
            ports.Add(port);
            added.Add(port);
        }
        if (added.Count > 0)
            draft.Propose(Reserved, ports.ToString(), new Sentence("keeps the wider range of local ports away from services"), new Sentence("listening here: {0}", string.Join(", ", added)));
    }

    /// <summary>The range now.</summary>
    public static bool TryRange(Situation now, out int low, out int high)
    {
        (low, high) = (0, 0);
        string[] ends = now.Values.GetValueOrDefault(Range, "").Split(' ');
        return ends.Length == 2 && int.TryParse(ends[0], out low) && int.TryParse(ends[1], out high);
    }
}
