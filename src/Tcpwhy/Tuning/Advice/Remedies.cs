using Tcpwhy.Texts;

namespace Tcpwhy.Tuning.Advice;

/// <summary>Takes the kernel settings that findings name as their remedy.</summary>
internal static class Remedies
{
    // These have advice of their own, which measures first.
    private static readonly string[] Measured = ["net.ipv4.ip_local_port_range", "net.ipv4.tcp_tw_reuse", "net.core.somaxconn"];

    public static void Advise(Draft draft)
    {
        foreach (Trouble trouble in draft.Situation.Troubles)
        {
            foreach (Wish wish in trouble.Wishes)
            {
                if (Settings.Find(wish.Setting) is null || Array.IndexOf(Measured, wish.Setting) >= 0)
                    continue;
                if (!Seen.IsHere(draft.Situation, trouble))
                    draft.Leave(wish.Setting, new Sentence("finding {0} is about the network namespace {1}: tune that with --netns", trouble.Cause, trouble.Netns.ToString(System.Globalization.CultureInfo.InvariantCulture)));
                else
                    draft.Propose(wish.Setting, wish.To, new Sentence(wish.Text), Seen.Of(trouble));
            }
        }
    }
}
