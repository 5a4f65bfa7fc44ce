using Tcpwhy.Tuning;

namespace Tcpwhy.Tests.Tuning;

/// <summary>A host with the kernel's defaults, on which tests change what they are about.</summary>
internal static class Host
{
    public const uint Netns = 4026531833;

    public static Situation Healthy(params (string Setting, string Value)[] values) => With(new Version(6, 18), values);

    public static Situation With(Version kernel, params (string Setting, string Value)[] values)
    {
        Dictionary<string, string> now = [];
        foreach (Setting setting in Settings.All)
        {
            if (kernel >= (setting.Since ?? kernel) && kernel <= (setting.Until ?? kernel))
                now[setting.Name] = setting.DefaultOf(kernel) ?? "262144";
        }
        now["net.ipv4.tcp_mem"] = "287901 383868 575802";
        foreach ((string setting, string value) in values)
            now[setting] = value;
        return new Situation { Kernel = kernel, IsHost = true, Netns = Netns, Values = now };
    }

    public static Situation Measuring(this Situation situation, params Gauge[] gauges) =>
        situation with { Headroom = situation.Headroom with { Gauges = gauges } };

    public static Situation Listening(this Situation situation, params int[] ports) =>
        situation with { Headroom = situation.Headroom with { ListeningPorts = ports.ToHashSet() } };

    public static Situation Finding(this Situation situation, string cause, int count = 13, uint netns = Netns, string local = "10.0.0.1:80", params Wish[] wishes) =>
        situation with { Troubles = [.. situation.Troubles, new Trouble(cause, count, netns, local, wishes)] };

    public static Gauge Queue(long waiting, long backlog, int port = 80) =>
        new(GaugeKind.AcceptQueue, "net.core.somaxconn", $"0.0.0.0:{port} (app 12)", waiting, backlog) { Port = port };

    public static Gauge Ports(long used, long timeWait = 0) =>
        new(GaugeKind.LocalPorts, "net.ipv4.ip_local_port_range", "10.0.9.8 → 10.0.0.7:5432", used, 28_232) { InTimeWait = timeWait };
}
