using System.Globalization;
using System.Numerics;
using Tcpwhy.Texts;

namespace Tcpwhy.Tuning.Advice;

/// <summary>Raises somaxconn where it, and not the program's own backlog, cuts the accept queue of a listener that overflows.</summary>
internal static class AcceptQueues
{
    private const string SoMaxConn = "net.core.somaxconn";
    private const long Usual = 4096;
    private const long Deepest = 16_384;

    public static void Advise(Draft draft)
    {
        Situation now = draft.Situation;
        if (now.Number(SoMaxConn) is not { } most)
            return;
        List<Trouble> overflows = Seen.Asking(now, SoMaxConn);
        foreach (Gauge queue in now.Headroom.Of(GaugeKind.AcceptQueue))
        {
            List<Sentence> evidence = [.. overflows.Where(trouble => trouble.Port == queue.Port).Select(Seen.Of)];
            if (queue.Share >= Headroom.Near)
                evidence.Insert(0, Seen.Of(queue));
            if (evidence.Count == 0)
                continue;
            if (now.Headroom.Counters.GetValueOrDefault("TcpExtListenOverflows") is > 0 and var overflowed)
                evidence.Add(new Sentence("TcpExtListenOverflows: {0} since the namespace began", overflowed.ToString("N0")));
            if (queue.Limit < most)
                draft.Leave(SoMaxConn, new Sentence("{0} asks for a backlog of {1} itself, so this setting does not limit it: raise it in the program", queue.Subject, Number(queue.Limit)));
            else if (most >= Deepest)
                draft.Leave(SoMaxConn, new Sentence("a queue of {0} is deep enough: {1} has to accept faster", Number(most), queue.Subject));
            else
                draft.Propose(SoMaxConn, Wider(most), new Sentence("lets {0} have the longer queue that it asks for, after it listens again (restart it)", queue.Subject), evidence);
        }
    }

    private static string Wider(long most) =>
        Math.Clamp((long)BitOperations.RoundUpToPowerOf2((ulong)most * 2), Usual, Deepest).ToString(CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString("N0");
}
