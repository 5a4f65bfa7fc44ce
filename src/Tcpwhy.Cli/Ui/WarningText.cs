using Tcpwhy.Readings;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Ui;

/// <summary>A warning in one line.</summary>
internal static class WarningText
{
    public static string Of(Warning warning, Screen screen) => warning.Kind switch
    {
        WarningKind.Connections => screen.T("{0} connections, over the threshold of {1}", Number(warning.Value), Number(warning.Threshold)),
        WarningKind.TimeWait => screen.T("{0} sockets in TIME_WAIT, over the threshold of {1}", Number(warning.Value), Number(warning.Threshold)),
        WarningKind.ConnectionRate => screen.T("{0} new connections a second, over the threshold of {1}", Measure.Rate(warning.Value), Number(warning.Threshold)),
        WarningKind.ErrorRate => screen.T("{0} of the connections that ended failed, over the threshold of {1}", Measure.Percent(warning.Value), Measure.Percent(warning.Threshold)),
        WarningKind.ListenDrops => screen.T("listeners drop {0} SYNs a second", Measure.Rate(warning.Value)),
        WarningKind.InterfaceFaults => screen.T("{0}: {1} errors and drops just now", warning.Subject, Number(warning.Value)),
        _ when warning.Gauge is { } gauge => Of(gauge, screen),
        _ => warning.Subject,
    };

    /// <summary>How full something is, with its name.</summary>
    public static string Of(Gauge gauge, Screen screen)
    {
        string name = GaugeWords.Of(gauge.Kind, screen);
        string full = screen.T("{0} of {1}", Measure.Number(gauge.Used), Measure.Number(gauge.Limit));
        string waiting = gauge.InTimeWait > 0 ? ", " + screen.T("{0} of them in TIME_WAIT", Measure.Number(gauge.InTimeWait)) : "";
        return $"{(gauge.Subject.Length > 0 ? $"{name} {gauge.Subject}" : name)}: {full} ({gauge.Share * 100:0} %){waiting}";
    }

    private static string Number(double value) => Measure.Number((long)Math.Round(value));
}
