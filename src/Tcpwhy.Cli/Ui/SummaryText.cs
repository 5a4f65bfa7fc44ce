using System.Globalization;
using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Ui;

/// <summary>A host's TCP at a glance, for a person: what is near a limit first, then counts, then limits and settings.</summary>
internal static class SummaryText
{
    public static void Write(Reading reading, IReadOnlyList<Warning> warnings, int top, Screen screen)
    {
        Head(reading, screen);
        foreach (Warning warning in warnings)
            screen.Paragraph(0, 2, new Piece("!", Ink.Yellow), " ", WarningText.Of(warning, screen));
        if (warnings.Count == 0)
            screen.Paragraph(0, new Piece(screen.T("Nothing is near a limit."), Ink.Green));
        screen.Blank();
        Counts(reading, screen);
        Lists(reading, top, screen);
        Listeners(reading, top, screen);
        Limits(reading, screen);
    }

    /// <summary>The states with their counts, the most first.</summary>
    public static string States(Reading reading) => Joined(reading.States.Where(one => one.State != TcpState.Listen)
        .OrderByDescending(one => one.Count).ThenBy(one => one.State)
        .Select(one => $"{SocketWords.Of(one.State).Replace('_', '-')} {Measure.Number(one.Count)}"));

    /// <summary>What happens per second.</summary>
    public static string Rates(TcpRates rates, Screen screen) => screen.T("opened {0} · accepted {1} · failed {2} · reset {3} · segments in {4}, out {5} · sent again {6}",
        Measure.Rate(rates.Opened), Measure.Rate(rates.Accepted), Measure.Rate(rates.AttemptsFailed), Measure.Rate(rates.Reset),
        Measure.Rate(rates.SegmentsIn), Measure.Rate(rates.SegmentsOut), Measure.Percent(rates.RetransmitShare));

    /// <summary>Where sockets in TIME_WAIT are: a destination, or a port of ours.</summary>
    public static string Place(TimeWaitCount one) => one.Service != 0 ? $"{new Endpoint(one.Local, one.Service)} ←" : $"{one.Local} → {one.Remote}";

    /// <summary>A process as java 4312.</summary>
    public static string Name(ProcessInfo process) => $"{process.Comm} {process.Pid.ToString(CultureInfo.InvariantCulture)}";

    private static void Head(Reading reading, Screen screen)
    {
        string load = reading.Load is { } average
            ? " · " + screen.T("load {0} {1} {2}", Fixed(average.One), Fixed(average.Five), Fixed(average.Fifteen)) : "";
        screen.Line(new Piece($"{Measure.Date(reading.Time)} {Measure.Seconds(reading.Time)} UTC{load} · {reading.Source}", Ink.Dim));
    }

    private static void Counts(Reading reading, Screen screen)
    {
        Table table = new(Ink.Bold, Ink.Plain);
        table.Add(screen.T("Connections"), reading.Connections == 0 ? "0" : $"{Measure.Number(reading.Connections)}: {States(reading)}");
        if (reading.Rates is { } rates)
            table.Add(screen.T("Per second"), Joined(Rates(rates, screen).Split(" · ")));
        if (reading.Kernel is { } kernel)
        {
            long page = Environment.SystemPageSize;
            table.Add(screen.T("Sockets"), screen.T("{0} in use · {1} allocated · {2} orphaned · {3} in TIME_WAIT",
                Measure.Number(kernel.InUse), Measure.Number(kernel.Allocated), Measure.Number(kernel.Orphans), Measure.Number(kernel.TimeWait)));
            table.Add(screen.T("Buffers"), screen.T("{0}; the kernel saves from {1} and refuses at {2}",
                Measure.Bytes(kernel.MemoryPages * page), Measure.Bytes(kernel.MemoryPressurePages * page), Measure.Bytes(kernel.MemoryLimitPages * page)));
        }
        table.Write(screen, 0);
    }

    private static void Lists(Reading reading, int top, Screen screen)
    {
        Blocks blocks = new(screen);
        blocks.Add(screen.T("Local ports"), reading.LocalPorts.Take(top).Select(one => (one.Process is { } process ? $":{one.Port} {Name(process)}" : $":{one.Port}", Measure.Number(one.Count))));
        blocks.Add(screen.T("Peers"), reading.Peers.Take(top).Select(one => (one.Address.ToString(), Measure.Number(one.Count))));
        blocks.Add(screen.T("Processes"), reading.Processes.Take(top).Select(one => (Name(one.Process), Measure.Number(one.Count))));
        blocks.Add(screen.T("Containers"), reading.Containers.Take(top).Select(one => (one.Container, Measure.Number(one.Count))));
        blocks.Add(screen.T("Local ports in use per destination"), reading.PortUses.Take(top).Select(one => ($"{one.Source} → {one.Destination}", one.Available > 0 ? $"{Measure.Number(one.Used)} ({one.Share * 100:0} %)" : Measure.Number(one.Used))));
        blocks.Add(screen.T("TIME_WAIT"), reading.TimeWaits.Take(top).Select(one => (Place(one), Measure.Number(one.Count))));
        blocks.Add(screen.T("Interfaces, per second"), reading.Interfaces.Where(one => one.ReceivedBytes + one.SentBytes > 0).Take(top).Select(one => (one.Name,
            $"↓{Measure.Bytes((long)one.ReceivedBytesPerSecond)} ↑{Measure.Bytes((long)one.SentBytesPerSecond)}{Faults(one, screen)}")));
        blocks.Write();
    }

    private static string Faults(InterfaceReading one, Screen screen)
    {
        long errors = one.ReceiveErrors + one.SendErrors, drops = one.ReceiveDrops + one.SendDrops;
        return (errors > 0 ? " " + screen.T("{0} errors", Measure.Number(errors)) : "") + (drops > 0 ? " " + screen.T("{0} drops", Measure.Number(drops)) : "");
    }

    private static void Listeners(Reading reading, int top, Screen screen)
    {
        if (reading.Listeners.Count == 0)
            return;
        screen.Blank();
        screen.Line(new Piece(screen.T("Listeners"), Ink.Bold));
        Table table = new(Ink.Plain, Ink.Plain, Ink.Plain, Ink.Plain, Ink.Plain);
        foreach (ListenerReading one in reading.Listeners.Take(top))
        {
            table.Add(one.Local.ToString(), one.Process is { } process ? Name(process) : "", screen.T("{0} of {1} wait", Measure.Number(one.Waiting), Measure.Number(one.Backlog)),
                screen.Count(one.Connections, "{0} connection", "{0} connections"), one.Drops > 0 ? screen.T("{0} dropped", Measure.Number(one.Drops)) : "");
        }
        table.Write(screen, 2);
        if (reading.ListenerCount > top)
            screen.Line("  ", screen.T("and {0} more", Measure.Number(reading.ListenerCount - Math.Min(top, reading.Listeners.Count))));
    }

    private static void Limits(Reading reading, Screen screen)
    {
        screen.Blank();
        Table table = new(Ink.Bold, Ink.Plain);
        string gauges = Joined(reading.Limits.Where(gauge => gauge.Kind is not (GaugeKind.AcceptQueue or GaugeKind.LocalPorts or GaugeKind.Descriptors))
            .Concat(reading.Limits.Where(gauge => gauge.Kind == GaugeKind.Descriptors).Take(1))
            .Select(gauge => $"{GaugeWords.Of(gauge.Kind, screen)}{(gauge.Subject.Length > 0 ? " " + gauge.Subject : "")} {Measure.Percent(Math.Round(gauge.Share, 3))}"));
        if (gauges.Length > 0)
            table.Add(screen.T("Limits used"), gauges);
        string settings = Settings(reading);
        if (settings.Length > 0)
            table.Add(screen.T("Settings"), settings);
        table.Write(screen, 0);
    }

    private static string Settings(Reading reading)
    {
        string? Value(string name) => reading.Settings.GetValueOrDefault(name);
        List<string> parts = [];
        if (Value("net.ipv4.tcp_keepalive_time") is { } idle && Value("net.ipv4.tcp_keepalive_intvl") is { } interval && Value("net.ipv4.tcp_keepalive_probes") is { } probes)
            parts.Add($"keepalive {idle} s, {interval} s × {probes}");
        foreach ((string name, string word) in (ReadOnlySpan<(string, string)>)[("net.core.somaxconn", "somaxconn"), ("net.ipv4.tcp_max_syn_backlog", "tcp_max_syn_backlog"), ("net.ipv4.ip_local_port_range", "ip_local_port_range"),
            ("net.ipv4.tcp_tw_reuse", "tcp_tw_reuse"), ("net.ipv4.tcp_fin_timeout", "tcp_fin_timeout")])
        {
            if (Value(name) is { } value)
                parts.Add($"{word} {value.Replace(' ', '-')}");
        }
        return Joined(parts);
    }

    /// <summary>Parts that a line's end does not tear.</summary>
    private static string Joined(IEnumerable<string> parts) => string.Join(" · ", parts.Select(part => part.Replace(' ', '\u00a0')));

    private static string Fixed(double load) => load.ToString("0.00", CultureInfo.InvariantCulture);
}
