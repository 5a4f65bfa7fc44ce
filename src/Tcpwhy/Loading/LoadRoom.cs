using System.Globalization;
using System.Net;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Loading;

/// <summary>How many connections this host can hold: what a load is measured against before it begins.</summary>
/// <param name="Ports">First and last port that the kernel gives to connections.</param>
/// <param name="Reserved">How many of these it keeps back.</param>
/// <param name="Descriptors">Open files that a process may have.</param>
/// <param name="Memory">Bytes that can be had without swapping.</param>
public sealed record LoadRoom((int First, int Last) Ports, int Reserved, long Descriptors, long Memory)
{
    /// <summary>Descriptors that a process needs for itself.</summary>
    private const int Spare = 200;
    private const int MostProcesses = 64;

    // A socket with its file, inode, dentry and epoll item was measured at 4 to 5 KiB in an idle connection.
    private const long BytesPerEnd = 5 * 1024;

    /// <summary>Connections to one destination from one source address.</summary>
    public int PortsPerSource => Math.Max(Ports.Last - Ports.First + 1 - Reserved, 0);

    /// <summary>Asks the host.</summary>
    public static LoadRoom Read(ProcFs proc)
    {
        var sysctl = new Sysctl(proc);
        long[] range = sysctl.Numbers("net.ipv4.ip_local_port_range") is [_, _] numbers ? numbers : [32768, 60999];
        (int First, int Last) ports = ((int)range[0], (int)range[1]);
        return new LoadRoom(
            ports,
            CountReserved(sysctl.Text("net.ipv4.ip_local_reserved_ports") ?? "", ports),
            FileLimit.Read(proc, Environment.ProcessId)?.Soft ?? 1024,
            Available(proc.ReadText("meminfo") ?? ""));
    }

    /// <summary>How many processes this load takes.</summary>
    public int Processes(LoadPlan plan)
    {
        long each = Math.Max(Descriptors - Spare, 1);
        return plan.Connections <= each ? 1 : (int)Math.Min((plan.Connections + each - 1) / each, int.MaxValue);
    }

    /// <summary>Refuses a load that this host cannot hold.</summary>
    /// <exception cref="ToolException">With the arithmetic.</exception>
    public void Check(LoadPlan plan)
    {
        int sources = Math.Max(plan.Sources.Count, 1);
        long ports = (long)PortsPerSource * sources;
        if (plan.Connections > ports)
        {
            int needed = (plan.Connections + PortsPerSource - 1) / Math.Max(PortsPerSource, 1);
            Sentence example = IPAddress.IsLoopback(plan.Target.Address) && !plan.TargetIsV6
                ? "--source " + string.Join(',', Enumerable.Range(1, Math.Min(needed, 9)).Select(last => $"127.0.0.{last}")) + (needed > 9 ? ",…" : "")
                : "--source with that many addresses of this host";
            throw Refused($"{N(plan.Connections)} connections need as many ports: ports {Ports.First} to {Ports.Last}{(Reserved > 0 ? new Sentence(" less {0} reserved", N(Reserved)) : "")} make {N(PortsPerSource)} per source address and destination, times {Sources(sources)} is {N(ports)}; {N(needed)} would do: {example}");
        }
        int processes = Processes(plan);
        if (processes > MostProcesses || (processes > 1 && plan.TlsName is not null))
        {
            long most = (plan.TlsName is null ? MostProcesses : 1) * (Descriptors - Spare);
            throw Refused($"{N(plan.Connections)} connections need as many descriptors: a process may have {N(Descriptors)} (RLIMIT_NOFILE) and keeps {Spare} for itself, times {(plan.TlsName is null ? new Sentence("{0} processes", N(MostProcesses)) : "1 process, since TLS is not spread over several,")} is {N(most)}; raise the limit with ulimit -n");
        }
        bool bothEnds = IPAddress.IsLoopback(plan.Target.Address);
        long memory = plan.Connections * BytesPerEnd * (bothEnds ? 2 : 1);
        if (memory > Memory)
            throw Refused($"{N(plan.Connections)} connections need about {N(memory >> 20)} MiB: {BytesPerEnd >> 10} KiB each in the kernel{new Sentence(bothEnds ? " at both ends, which are on this host" : "")}; {N(Memory >> 20)} MiB are free");
    }

    internal static int CountReserved(string list, (int First, int Last) ports)
    {
        HashSet<int> reserved = [];
        foreach (string part in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-');
            if (!int.TryParse(ends[0], NumberStyles.None, null, out int from) || !int.TryParse(ends[^1], NumberStyles.None, null, out int to))
                throw new InvalidDataException($"net.ipv4.ip_local_reserved_ports: '{part}' is no range of ports");
            for (int port = Math.Max(from, ports.First); port <= Math.Min(to, ports.Last); port++)
                reserved.Add(port);
        }
        return reserved.Count;
    }

    private static long Available(string meminfo)
    {
        const string Label = "MemAvailable:";
        string[] words = meminfo.Split('\n').FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length >= 2 && long.TryParse(words[1], NumberStyles.None, null, out long kibibytes) ? kibibytes * 1024 : long.MaxValue;
    }

    private static Sentence Sources(int count) => count == 1 ? "1 source" : new Sentence("{0} sources", N(count));

    private static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static ToolException Refused(Sentence why) => new(why, ExitCode.Usage);
}
