using Tcpwhy.Model;
using Tcpwhy.Tuning;

namespace Tcpwhy.Readings;

/// <summary>What is over its threshold in a reading: a pure function.</summary>
public static class Warnings
{
    /// <summary>The worst first: limits by how near they are, then thresholds.</summary>
    public static IReadOnlyList<Warning> Of(Reading reading, Thresholds thresholds)
    {
        List<Warning> warnings = [];
        foreach (Gauge gauge in reading.Limits.Where(gauge => gauge.Share >= thresholds.Headroom).OrderByDescending(gauge => gauge.Share))
            warnings.Add(new Warning(WarningKind.Limit, gauge.Subject, gauge.Used, gauge.Limit) { Gauge = gauge });
        if (reading.Traffic is { ErrorShare: var failed } && failed > thresholds.ErrorRate)
            warnings.Add(new Warning(WarningKind.ErrorRate, "", failed, thresholds.ErrorRate));
        if (reading.Rates is { ListenDrops: > 0 } drops)
            warnings.Add(new Warning(WarningKind.ListenDrops, "", drops.ListenDrops, 0));
        foreach (InterfaceReading one in reading.Interfaces.Where(one => one.NewFaults > 0))
            warnings.Add(new Warning(WarningKind.InterfaceFaults, one.Name, one.NewFaults, 0));
        if (reading.In(TcpState.TimeWait) is var waiting && waiting > thresholds.TimeWait)
            warnings.Add(new Warning(WarningKind.TimeWait, "", waiting, thresholds.TimeWait));
        if (reading.Connections > thresholds.MaxConnections)
            warnings.Add(new Warning(WarningKind.Connections, "", reading.Connections, thresholds.MaxConnections));
        if (reading.Rates is { } rates && rates.Opened + rates.Accepted > thresholds.ConnectionRate)
            warnings.Add(new Warning(WarningKind.ConnectionRate, "", rates.Opened + rates.Accepted, thresholds.ConnectionRate));
        return warnings;
    }
}
