using Tcpwhy.Tuning.Advice;

namespace Tcpwhy.Tuning;

/// <summary>Makes a plan: a pure function of the situation. A setting is changed only when a finding, a measured limit or the profile that was asked for wants it.</summary>
public static class Planner
{
    public static TuningPlan Plan(Situation situation)
    {
        var draft = new Draft(situation);
        AcceptQueues.Advise(draft);
        LocalPorts.Advise(draft);
        Tables.Advise(draft);
        IdleConnections.Advise(draft);
        Remedies.Advise(draft);
        ProfileChoices.Advise(draft);
        return draft.Finish();
    }
}
