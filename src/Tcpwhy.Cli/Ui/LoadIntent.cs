using Tcpwhy.Loading;

namespace Tcpwhy.Cli.Ui;

/// <summary>What a load will send, in one sentence, for the person who has to agree to it.</summary>
internal static class LoadIntent
{
    public static string Of(LoadPlan plan, LoadTarget target, Screen screen)
    {
        string what = plan.Protocol switch
        {
            LoadProtocol.Http => screen.T("HTTP requests of {0} bytes", Measure.Number(plan.Request.Length)),
            LoadProtocol.Raw => screen.T("requests of {0} bytes", Measure.Number(plan.Request.Length)),
            _ => screen.T("connections without data"),
        };
        string pace = plan.Rate > 0 ? screen.T("{0} a second", $"{plan.Rate:0.###}") : screen.T("as many as go");
        string end = (plan.Count, plan.Duration.Ticks) switch
        {
            ( > 0, > 0) => screen.T("until {0} are made, at most {1}", Measure.Number(plan.Count), Measure.Of(plan.Duration)),
            ( > 0, _) => screen.T("until {0} are made", Measure.Number(plan.Count)),
            _ when plan.Hold => screen.T("held for {0}", Measure.Of(plan.Duration)),
            _ => screen.T("for {0}", Measure.Of(plan.Duration)),
        };
        return screen.T("To {0} ({1}): {2}, {3}, over up to {4} connections at once, {5}.", target.Text, $"{plan.Target}", what, pace, Measure.Number(plan.Connections), end);
    }
}
