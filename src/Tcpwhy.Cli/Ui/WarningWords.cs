using Tcpwhy.Readings;

namespace Tcpwhy.Cli.Ui;

/// <summary>What warnings are called in JSON.</summary>
internal static class WarningWords
{
    public static string Code(Warning warning) => warning.Kind switch
    {
        WarningKind.Connections => "connections",
        WarningKind.TimeWait => "time-wait-count",
        WarningKind.ConnectionRate => "connection-rate",
        WarningKind.ErrorRate => "error-rate",
        WarningKind.ListenDrops => "listen-drops",
        WarningKind.InterfaceFaults => "interface-faults",
        _ => GaugeWords.Code(warning.Gauge!.Kind),
    };
}
