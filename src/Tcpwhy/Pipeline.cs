using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy;

/// <summary>The flow on one page: events from a source, through diagnosis, to an answer.</summary>
public static class Pipeline
{
    /// <summary>Runs the source to its end, or until <paramref name="stop"/>, and answers; each finding is handed out as soon as it settles.</summary>
    public static Answer Run(ISource source, Action<Event>? onEvent, Action<Finding>? onFinding, CancellationToken stop) =>
        throw new ToolException("the pipeline is not connected yet", ExitCode.KernelFeatureMissing);
}
