using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Tcpwhy.Attempts;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Loading;
using Xunit;

namespace Tcpwhy.Tests.Loading;

public class LoadRunTests
{
    private static readonly byte[] get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();
    private static readonly byte[] getOnce = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray();
    private readonly ConcurrentQueue<FailedAttempt> _failures = new();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Each_request_is_counted_once(int threads)
    {
        using SmallServer server = SmallServer.Http();
        LoadCounts counts = Run(Http(server, get) with { Count = 1009, Connections = 7, Threads = threads }).Counts;
        Assert.Equal((1009, 1009, 0, 7), (counts.Succeeded, counts.Requests, counts.Failed, counts.Opened));
        Assert.Equal(7, server.Accepted);
        Assert.Equal((1009L * get.Length, 0, 7), (counts.BytesSent, counts.Active, counts.MostActive));
        Assert.Equal((1009, 7), (counts.Latency.Count, counts.Connect.Count));
    }

    [Fact]
    public void One_request_per_connection_opens_as_many_connections()
    {
        using SmallServer server = SmallServer.Http();
        LoadCounts counts = Run(Http(server, getOnce) with { Count = 211, Connections = 7, PerConnection = 1 }).Counts;
        Assert.Equal((211, 211, 211, 211), (counts.Succeeded, counts.Opened, counts.Connected, server.Accepted));
    }

    [Fact]
    public void A_connection_is_closed_after_its_requests()
    {
        using SmallServer server = SmallServer.Http();
        LoadCounts counts = Run(Http(server, get) with { Count = 101, Connections = 1, PerConnection = 10 }).Counts;
        Assert.Equal((101, 11), (counts.Requests, counts.Opened));
    }

    [Fact]
    public void Connections_without_data_are_attempts_too()
    {
        using SmallServer server = new(socket => socket.ReceiveAsync(new byte[1]));
        LoadCounts counts = Run(Connect(server) with { Count = 103, Connections = 5 }).Counts;
        Assert.Equal((103, 0, 103), (counts.Succeeded, counts.Requests, counts.Connected));
    }

    [Fact]
    public void A_raw_request_ends_with_its_bytes()
    {
        using SmallServer server = new(async socket =>
        {
            byte[] buffer = new byte[4096];
            while (await socket.ReceiveAsync(buffer) is > 0 and int received)
                await socket.SendAsync(buffer.AsMemory(0, received));
        });
        LoadCounts counts = Run(Connect(server) with { Protocol = LoadProtocol.Raw, Request = new byte[300_007], AnswerBytes = 300_007, Count = 13, Connections = 3 }).Counts;
        Assert.Equal((13, 13 * 300_007L, 13 * 300_007L), (counts.Requests, counts.BytesSent, counts.BytesReceived));
    }

    [Fact]
    public void An_answer_in_single_bytes_is_read()
    {
        using SmallServer server = new(async socket =>
        {
            socket.NoDelay = true;
            await socket.ReceiveAsync(new byte[4096]);
            foreach (byte one in Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
                await socket.SendAsync(new[] { one });
            await socket.ReceiveAsync(new byte[1]);
        });
        Assert.Equal(2, Run(Http(server, getOnce) with { Count = 2, Connections = 2, PerConnection = 1 }).Counts.Requests);
    }

    [Fact]
    public void A_body_may_end_with_the_connection()
    {
        using SmallServer server = new(async socket =>
        {
            await socket.ReceiveAsync(new byte[4096]);
            await socket.SendAsync("HTTP/1.1 200 OK\r\n\r\nhello"u8.ToArray());
        });
        Assert.Equal((3, 0), Outcome(Http(server, get) with { Count = 3, Connections = 1 }));
    }

    [Fact]
    public void A_refusal_tells_its_errno_and_both_ends()
    {
        int port;
        using (SmallServer gone = new(_ => Task.CompletedTask))
            port = gone.At.Port;
        LoadPlan plan = new() { Target = new(System.Net.IPAddress.Loopback, port), Connections = 3, Count = 7 };
        Assert.Equal((0, 7), Outcome(plan));
        Assert.Equal(7, _failures.Count);
        Assert.All(_failures, failed => Assert.Equal((AttemptStage.Connect, Errno.ECONNREFUSED, port), (failed.Stage, failed.Errno, failed.Remote.Port)));
        Assert.All(_failures, failed => Assert.NotEqual(0, failed.Local.Port));
    }

    [Fact]
    public void A_refused_request_tells_the_same()
    {
        int port;
        using (SmallServer gone = new(_ => Task.CompletedTask))
            port = gone.At.Port;
        Assert.Equal((0, 5), Outcome(new LoadPlan { Target = new(System.Net.IPAddress.Loopback, port), Protocol = LoadProtocol.Http, Request = get, Connections = 2, Count = 5 }));
        Assert.All(_failures, failed => Assert.Equal((AttemptStage.Connect, Errno.ECONNREFUSED), (failed.Stage, failed.Errno)));
        Assert.All(_failures, failed => Assert.NotEqual(0, failed.Local.Port));
    }

    [Fact]
    public void An_end_before_the_answer_is_a_failure()
    {
        using SmallServer server = new(socket => socket.ReceiveAsync(new byte[4096]));
        Assert.Equal((0, 7), Outcome(Http(server, get) with { Count = 7, Connections = 2 }));
        Assert.All(_failures, failed => Assert.Equal((AttemptStage.Response, 0, true, get.Length), (failed.Stage, failed.Errno, failed.PeerClosed, failed.BytesSent)));
    }

    [Fact]
    public void An_end_in_the_middle_of_the_answer_is_a_failure()
    {
        using SmallServer server = new(async socket =>
        {
            await socket.ReceiveAsync(new byte[4096]);
            await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"u8.ToArray());
        });
        Assert.Equal((0, 5), Outcome(Http(server, get) with { Count = 5, Connections = 2 }));
        Assert.All(_failures, failed => Assert.True(failed is { PeerClosed: true, BytesReceived: 44 }, $"{failed}"));
    }

    [Fact]
    public void A_reset_is_a_failure_with_its_errno()
    {
        using SmallServer server = new(async socket =>
        {
            await socket.ReceiveAsync(new byte[1]);
            socket.LingerState = new LingerOption(true, 0);
        });
        Assert.Equal((0, 7), Outcome(Http(server, get) with { Count = 7, Connections = 2 }));
        Assert.All(_failures, failed => Assert.Equal((AttemptStage.Response, Errno.ECONNRESET), (failed.Stage, failed.Errno)));
    }

    [Fact]
    public void A_server_that_never_answers_runs_into_our_patience()
    {
        using SmallServer server = new(_ => Task.Delay(Timeout.Infinite));
        Assert.Equal((0, 3), Outcome(Http(server, get) with { Count = 3, Connections = 3, AnswerTimeout = TimeSpan.FromMilliseconds(50) }));
        Assert.All(_failures, failed => Assert.True(failed is { Stage: AttemptStage.Response, TimedOut: true, Errno: 0 }, $"{failed}"));
    }

    [Fact]
    public void Garbage_is_a_failure_that_is_none_of_tcp()
    {
        using SmallServer server = new(async socket =>
        {
            await socket.SendAsync("SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray());
            await socket.ReceiveAsync(new byte[4096]);
        });
        LoadCounts counts = Run(Http(server, get) with { Count = 5, Connections = 2 }).Counts;
        Assert.Equal((5, 5), (counts.Failed, counts.Malformed));
        Assert.Empty(_failures);
    }

    [Fact]
    public void Statuses_of_failure_are_counted_apart()
    {
        using SmallServer server = SmallServer.Http("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
        LoadCounts counts = Run(Http(server, get) with { Count = 11, Connections = 2 }).Counts;
        Assert.Equal((0, 11, 0), (counts.Failed, counts.ServerErrors, counts.ClientErrors));
    }

    [Fact]
    public void A_duration_ends_the_load()
    {
        using SmallServer server = SmallServer.Http();
        LoadResult result = Run(Http(server, get) with { Duration = TimeSpan.FromMilliseconds(150), Connections = 3 });
        Assert.Equal(TimeSpan.FromMilliseconds(150), result.Length);
        Assert.True(result is { Attempts: > 10, FailureShare: 0, LimitedBy: LoadLimit.None or LoadLimit.Cpu }, $"{result.Attempts}");
    }

    [Fact]
    public void A_rate_is_kept_and_its_attempts_are_counted()
    {
        using SmallServer server = SmallServer.Http();
        LoadResult result = Run(Http(server, get) with { Rate = 500, Count = 101, Connections = 3 });
        Assert.Equal(101, result.Attempts);
        Assert.InRange(result.Length.TotalSeconds, 0.199, 5);
        Assert.Equal(LoadLimit.Rate, result.LimitedBy);
    }

    [Fact]
    public void A_target_that_cannot_keep_the_rate_makes_latency_grow_from_when_attempts_were_due()
    {
        using SmallServer server = SmallServer.Http(delay: TimeSpan.FromMilliseconds(20));
        LoadResult result = Run(Http(server, get) with { Rate = 500, Duration = TimeSpan.FromMilliseconds(300), Connections = 1 });
        Assert.False(result.RateIsMet);
        Assert.True(result.Counts.NeverBegun > 100, $"{result.Counts.NeverBegun}");
        // The last request begun was due long before: the wait is part of its latency.
        Assert.True(result.Counts.Latency.Max > TimeSpan.FromMilliseconds(200), $"{result.Counts.Latency.Max}");
    }

    [Fact]
    public void Held_connections_stay_and_one_that_the_peer_ends_is_a_failure()
    {
        int treated = 0;
        using SmallServer server = new(socket => Interlocked.Increment(ref treated) % 10 == 0 ? Task.Delay(100) : socket.ReceiveAsync(new byte[1]));
        LoadCounts counts = Run(Connect(server) with { Hold = true, Connections = 101, Duration = TimeSpan.FromSeconds(5) }).Counts;
        Assert.Equal((91, 10, 101), (counts.Succeeded, counts.Failed, counts.MostActive));
        Assert.All(_failures, failed => Assert.True(failed is { Stage: AttemptStage.Idle, PeerClosed: true } && failed.SinceTraffic > TimeSpan.FromMilliseconds(50), $"{failed}"));
    }

    [Fact]
    public void A_stop_ends_it_at_once_and_says_what_was_under_way()
    {
        using SmallServer server = new(_ => Task.Delay(Timeout.Infinite));
        using CancellationTokenSource stop = new(100);
        LoadCounts counts = Run(Http(server, get) with { Duration = TimeSpan.FromMinutes(5), Connections = 7 }, stop.Token).Counts;
        Assert.Equal((0, 0, 7), (counts.Succeeded, counts.Failed, counts.Unfinished));
    }

    private static LoadPlan Connect(SmallServer server) => new() { Target = server.At, Connections = 1 };

    private static LoadPlan Http(SmallServer server, byte[] request) => Connect(server) with { Protocol = LoadProtocol.Http, Request = request };

    private (long, long) Outcome(LoadPlan plan)
    {
        LoadCounts counts = Run(plan).Counts;
        return (counts.Succeeded, counts.Failed);
    }

    private LoadResult Run(LoadPlan plan, CancellationToken stop = default)
    {
        using LoadRun run = LoadRun.Prepare(plan, LoadRoom.Read(new ProcFs()), [], _failures.Enqueue, TimeProvider.System);
        return run.Run(null, stop);
    }
}
