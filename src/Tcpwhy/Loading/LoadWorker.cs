using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Tcpwhy.Attempts;

namespace Tcpwhy.Loading;

/// <summary>The program as a worker process of a load: a process may have only so many descriptors. It ends when its stdin does, so none outlives its load.</summary>
public static class LoadWorker
{
    /// <summary>The hidden verb by which the program starts itself.</summary>
    public const string Verb = "load-worker";
    private const int ReportMilliseconds = 250;
    private const int MostFailures = 2_000;

    /// <summary>Reads the order, runs it and reports.</summary>
    public static int Run(TextReader orders, TextWriter reports)
    {
        WorkerOrder? order = orders.ReadLine() is { } line ? JsonSerializer.Deserialize(line, WorkerJson.Default.WorkerOrder) : null;
        if (order is null)
            return ExitCode.Usage;
        ConcurrentQueue<FailedAttempt> failures = new();
        using CancellationTokenSource stop = new();
        // Ctrl-C reaches the whole group of processes; the load says when its workers stop.
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using LoadLoop loop = new(order.Plan, order.Connections, order.Quota, new Schedule(order.Rate, order.Ramp, order.Share, order.Turn), order.Turn, failures.Enqueue, TimeProvider.System);
        reports.WriteLine("ready");
        reports.Flush();
        if (orders.ReadLine()?.Split(' ') is not ["end", var end] || orders.ReadLine()?.Split(' ') is not ["start", var start])
            return ExitCode.Usage;
        loop.End = long.Parse(end, CultureInfo.InvariantCulture);
        long begin = long.Parse(start, CultureInfo.InvariantCulture);
        Thread thread = new(() => loop.Run(begin, stop.Token)) { Name = "load", IsBackground = true };
        new Thread(() => Listen(orders, loop, stop)) { Name = "orders", IsBackground = true }.Start();
        thread.Start();
        while (!thread.Join(ReportMilliseconds))
            Report(last: false);
        while (failures.Count > MostFailures)
            Report(last: false);
        Report(last: true);
        return ExitCode.Done;

        void Report(bool last)
        {
            List<FailedAttempt> some = [];
            while (some.Count < MostFailures && failures.TryDequeue(out FailedAttempt? failed))
                some.Add(failed);
            reports.WriteLine(JsonSerializer.Serialize(WorkerReport.Of(loop, some, last), WorkerJson.Default.WorkerReport));
            reports.Flush();
        }
    }

    private static void Listen(TextReader orders, LoadLoop loop, CancellationTokenSource stop)
    {
        while (orders.ReadLine()?.Split(' ') is { } words)
        {
            if (words is ["end", var end])
                loop.End = long.Parse(end, CultureInfo.InvariantCulture);
            else
                break;
        }
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The load has ended by itself.
        }
    }
}
