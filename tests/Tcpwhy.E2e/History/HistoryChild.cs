using System.Globalization;
using System.Net;
using Tcpwhy.History;
using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Watching;

namespace Tcpwhy.E2e.History;

/// <summary>This test program again, as a process that writes history until it is killed.</summary>
static class HistoryChild
{
    public const string Variable = "TCPWHY_E2E_HISTORY";
    static readonly DateTimeOffset Origin = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The hour that a round writes about.</summary>
    public static DateTimeOffset HourOf(int round) => Origin.AddHours(round);

    public static string FileOf(string directory, int writer) => Path.Combine(directory, writer.ToString(CultureInfo.InvariantCulture), "history.db");

    /// <summary>The broken connection of this number.</summary>
    public static Finding Numbered(int number, DateTimeOffset time)
    {
        var client = new Endpoint(IPAddress.Parse("10.0.3.4"), 1024 + (number % 60_000));
        var server = new Endpoint(IPAddress.Parse("10.0.9.8"), 443);
        return new Finding
        {
            Cause = "server-close-unread",
            Severity = Severity.Critical,
            Confidence = 0.98,
            Count = 1,
            Fault = Fault.Server,
            Process = new ProcessInfo(4312, "java"),
            Local = server,
            Peer = client with { Port = 0 },
            First = time,
            Last = time,
            Evidence = [new Evidence("reset sent", "TCP_ABORT_ON_CLOSE", 1, "tcp:tcp_send_reset")],
            Remedy = [new Remedy("application", "drain")],
            Facts = new Dictionary<string, string> { ["unread"] = number.ToString(CultureInfo.InvariantCulture) },
            Examples = [new Example(client, server, time, [new TimelineEntry(TimeSpan.Zero, "server", "reset sent: TCP_ABORT_ON_CLOSE")])],
        };
    }

    /// <summary>What this process shall do instead of testing, or null.</summary>
    public static string[]? Words => Environment.GetEnvironmentVariable(Variable)?.Split('|');

    public static int Run(string[] words)
    {
        switch (words)
        {
            case ["write", var directory, var round, var writers]:
                // None of them ends: the pool would be slow to give each a thread.
                Thread[] threads = [.. Enumerable.Range(0, int.Parse(writers, CultureInfo.InvariantCulture))
                    .Select(writer => new Thread(() => Write(FileOf(directory, writer), writer, int.Parse(round, CultureInfo.InvariantCulture))))];
                Array.ForEach(threads, thread => thread.Start());
                Array.ForEach(threads, thread => thread.Join());
                return 0;
            case ["full", var directory]:
                Fill(directory);
                return 0;
            default:
                return 2;
        }
    }

    /// <summary>Writes and says what is committed, until it is killed.</summary>
    static void Write(string path, int writer, int round)
    {
        HistoryWriter history = HistoryFile.Open(path, HistoryLimits.Usual, (phrase, values) => Say($"trouble {string.Format(CultureInfo.InvariantCulture, phrase, values)}"), new StandingTime(HourOf(round)));
        var random = new Random((round * 100) + writer);
        for (int number = 0; ;)
        {
            for (int batch = random.Next(1, 200); batch > 0; batch--)
                history.Keep(Numbered(number++, HourOf(round).AddMilliseconds(number)));
            history.Keep(TickAt(HourOf(round).AddMilliseconds(number)));
            history.Flush();
            Say($"{writer} {number}");
        }
    }

    static void Fill(string directory)
    {
        string filler = Path.Combine(directory, "filler");
        int said = 0;
        using HistoryWriter history = HistoryFile.Open(Path.Combine(directory, "history.db"), HistoryLimits.Usual, (phrase, values) =>
        {
            said++;
            Say($"said {string.Format(CultureInfo.InvariantCulture, phrase, values)}");
        }, TimeProvider.System);
        File.WriteAllBytes(filler, new byte[1 << 20]);
        int number = 0;
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        void More()
        {
            for (int i = 0; i < 500; i++)
                history.Keep(Numbered(number++, now.AddMilliseconds(number)));
            history.Keep(TickAt(now.AddMilliseconds(number)));
            history.Flush();
        }
        while (history.IsRecording && number < 1_000_000)
            More();
        for (int i = 0; i < 5; i++)
            More();
        Say($"full {said}");
        File.Delete(filler);
        for (int i = 0; i < 100 && !history.IsRecording; i++)
        {
            Thread.Sleep(200);
            history.Keep(TickAt(TimeProvider.System.GetUtcNow()));
            history.Flush();
        }
        Say($"ended {said} {history.IsRecording}");
    }

    static Tick TickAt(DateTimeOffset time) => new()
    {
        Start = time.AddMilliseconds(-1),
        Reading = new Reading { Time = time, Source = "test", Connections = 1, States = [] },
        Findings = [],
    };

    static void Say(string line)
    {
        lock (typeof(HistoryChild))
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }

    sealed class StandingTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
