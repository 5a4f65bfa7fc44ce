using Tcpwhy.Kernel.Proc;
using Tcpwhy.Loading;

namespace Tcpwhy.Cli.Ui;

/// <summary>What bounded the load from our side, with its arithmetic.</summary>
internal static class LoadLimitText
{
    public static string Of(LoadResult result, Screen screen)
    {
        LoadPlan plan = result.Plan;
        string cpu = screen.T("{0} of a processor in each of {1}", Measure.Percent(result.CpuShare), result.Processes > 1
            ? screen.Count(result.Processes, "{0} process", "{0} processes") : screen.Count(result.Parts, "{0} thread", "{0} threads"));
        return result.LimitedBy switch
        {
            LoadLimit.Ports => screen.T("limited by ports: {0} connects found none free; {1} per source address and destination, times {2}. Give more addresses with --source",
                Measure.Number(result.Counts.PortsMissing), Measure.Number(LoadRoom.Read(new ProcFs()).PortsPerSource), screen.Count(Math.Max(plan.Sources.Count, 1), "{0} source", "{0} sources")),
            LoadLimit.Descriptors => screen.T("limited by descriptors: {0} connects got none (ulimit -n)", Measure.Number(result.Counts.DescriptorsMissing)),
            LoadLimit.Cpu => screen.T("limited by its processor time ({0}): the target may bear more. Try --threads", cpu),
            LoadLimit.Rate when result.RateIsMet => screen.T("limited by --rate {0}, which was kept ({1})", $"{plan.Rate:0.###}", cpu),
            LoadLimit.Rate => screen.T("--rate {0} was not kept: {1} attempts were due while all {2} connections were busy ({3})",
                $"{plan.Rate:0.###}", Measure.Number(result.Counts.NeverBegun), Measure.Number(plan.Connections), cpu),
            _ => screen.T("not the limit: {0}", cpu),
        };
    }
}
