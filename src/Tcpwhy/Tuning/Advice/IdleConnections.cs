using System.Globalization;
using Tcpwhy.Texts;

namespace Tcpwhy.Tuning.Advice;

/// <summary>Keeps idle connections alive where something on their way forgets them: earlier keep-alive probes at the ends, a longer memory in the firewall of this namespace.</summary>
internal static class IdleConnections
{
    private const string Memory = "net.netfilter.nf_conntrack_tcp_timeout_established";
    private const long Day = 86_400;

    public static void Advise(Draft draft)
    {
        Situation now = draft.Situation;
        // Whatever forgot the connection stands between the ends: its finding may lie in any namespace.
        List<Sentence> forgotten = [.. now.Troubles.Where(trouble => Settings.Require(Memory).Causes.Contains(trouble.Cause)).Select(Seen.Of)];
        Remember(draft, forgotten);
        if (forgotten.Count == 0)
            return;
        Probe(draft, "net.ipv4.tcp_keepalive_time", 60, new Sentence("sockets with SO_KEEPALIVE show themselves before the connection is forgotten; programs have to set SO_KEEPALIVE"), forgotten);
        Probe(draft, "net.ipv4.tcp_keepalive_intvl", 10, new Sentence("a peer that is gone is noticed after two minutes"), forgotten);
        Probe(draft, "net.ipv4.tcp_keepalive_probes", 6, new Sentence("a peer that is gone is noticed after two minutes"), forgotten);
    }

    private static void Remember(Draft draft, List<Sentence> forgotten)
    {
        Situation now = draft.Situation;
        if (now.Number(Memory) is not { } memory || now.Number("net.ipv4.tcp_keepalive_time") is not { } probe)
            return;
        List<Sentence> evidence = [.. forgotten];
        // A firewall that follows connections and forgets them before the first probe of any default keep-alive breaks every idle one.
        if (memory < probe && now.Headroom.Of(GaugeKind.Conntrack).FirstOrDefault() is { Used: > 0 } tracked)
            evidence.Insert(0, new Sentence("measured: {0} connections in the firewall's table, each forgotten after {1} s of silence; the first keep-alive probe comes after {2} s", tracked.Used.ToString("N0"), Text(memory), Text(probe)));
        if (evidence.Count > 0 && memory < Day)
            draft.Propose(Memory, Text(Day), new Sentence("this namespace's firewall remembers idle connections for a day"), evidence);
    }

    private static void Probe(Draft draft, string setting, long most, Sentence why, List<Sentence> evidence)
    {
        if (draft.Situation.Number(setting) is { } value && value > most)
            draft.Propose(setting, Text(most), why, evidence);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
