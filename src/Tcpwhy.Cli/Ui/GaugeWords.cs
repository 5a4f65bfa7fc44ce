using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Ui;

/// <summary>What gauges are called.</summary>
internal static class GaugeWords
{
    /// <summary>For a person.</summary>
    public static string Of(GaugeKind kind, Screen screen) => kind switch
    {
        GaugeKind.AcceptQueue => screen.T("accept queue"),
        GaugeKind.LocalPorts => screen.T("local ports"),
        GaugeKind.Conntrack => screen.T("conntrack entries"),
        GaugeKind.Orphans => screen.T("orphaned sockets"),
        GaugeKind.TcpMemory => screen.T("TCP memory, pages"),
        GaugeKind.TimeWait => "TIME_WAIT",
        GaugeKind.Files => screen.T("open files"),
        _ => screen.T("descriptors"),
    };

    /// <summary>For JSON.</summary>
    public static string Code(GaugeKind kind) => kind switch
    {
        GaugeKind.AcceptQueue => "accept-queue",
        GaugeKind.LocalPorts => "local-ports",
        GaugeKind.Conntrack => "conntrack",
        GaugeKind.Orphans => "orphans",
        GaugeKind.TcpMemory => "tcp-memory-pages",
        GaugeKind.TimeWait => "time-wait",
        GaugeKind.Files => "files",
        _ => "descriptors",
    };
}
