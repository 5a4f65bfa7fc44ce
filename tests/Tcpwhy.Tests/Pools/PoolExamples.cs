using System.Net;
using Tcpwhy.Model;
using Tcpwhy.Pools;
using Tcpwhy.Pools.Runtimes;
using Tcpwhy.Sources;

namespace Tcpwhy.Tests.Pools;

/// <summary>An audit as a window on a real host gives it, for tests of how it is shown.</summary>
internal static class PoolExamples
{
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 3, 12, 0, TimeSpan.Zero);

    public static PoolReport Broken
    {
        get
        {
            Simulation forgetful = new(), wasteful = new();
            for (double t = -3; t < 10; t += 0.25)
                forgetful.Connection(t, 1, 0.02, quiet: t + 0.5);
            for (double t = -1; t < 10; t += 0.2)
                wasteful.Connection(t, 100, 0.05, closes: t + 0.6);
            return Report(
                forgetful.Pool() with { Process = new ProcessInfo(4312, "java") { Container = "3f2a9c1b7d10" }, Runtime = Runtime.Java, Descriptors = new DescriptorUse(61, 20_000) },
                wasteful.Pool() with { Pid = 901, Process = new ProcessInfo(901, "billing"), Runtime = Runtime.Go, Destination = new Endpoint(IPAddress.Parse("10.0.9.9"), 9000) },
                Calm(77, "\e[31mevil", Runtime.Unknown),
                Calm(12, "node", Runtime.NodeJs));
        }
    }

    public static PoolReport Healthy => Report(Calm(12, "node", Runtime.NodeJs)) with { Source = "sock_diag", ChurnFromKernel = false };

    public static PoolReport Empty => Report();

    private static Pool Calm(int pid, string comm, Runtime runtime) =>
        new Simulation().Connections(4, -9, 0.3, 0.05).Pool() with { Pid = pid, Process = new ProcessInfo(pid, comm), Runtime = runtime };

    private static PoolReport Report(params Pool[] pools) => new()
    {
        Start = Start,
        End = Start.AddSeconds(10.04),
        Source = "ebpf",
        Samples = 21,
        ChurnFromKernel = true,
        Unseen = new SocketsUnseen(0, 0),
        CpuSeconds = 0.4123,
        Pools = PoolReport.Rank(pools),
    };
}
