using System.Globalization;
using Tcpwhy.Texts;

namespace Tcpwhy.Tuning.Advice;

/// <summary>Takes the choices of the profile that was asked for, where the value now is not as good already.</summary>
internal static class ProfileChoices
{
    public static void Advise(Draft draft)
    {
        Situation now = draft.Situation;
        foreach (ProfileChoice choice in now.Profile?.Choices ?? [])
        {
            if (IsMet(now, choice))
                continue;
            if (choice.Setting == "net.ipv4.ip_local_port_range" && LocalPorts.TryRange(now, out int low, out int high))
                LocalPorts.Reserve(draft, low, high);
            draft.Propose(choice.Setting, choice.Value, new Sentence(choice.Why), new Sentence("chosen by --profile {0}, not measured", now.Profile!.Name));
        }
    }

    private static bool IsMet(Situation now, ProfileChoice choice)
    {
        if (choice.Setting == "net.ipv4.ip_local_port_range")
            return LocalPorts.IsWide(now);
        long wanted = long.Parse(choice.Value, NumberStyles.None);
        return now.Number(choice.Setting) is { } value && (choice.Bound == Bound.AtLeast ? value >= wanted : value <= wanted);
    }
}
