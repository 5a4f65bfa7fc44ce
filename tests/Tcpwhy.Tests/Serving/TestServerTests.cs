using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Tcpwhy.Serving;
using Xunit;

namespace Tcpwhy.Tests.Serving;

public class TestServerTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static readonly ListenSettings Echo = new() { At = ServedOnLoopback.Free };
    private static readonly ListenSettings Http = Echo with { Mode = ListenMode.Http };

    [Fact]
    public async Task Echo_sends_back_what_comes_and_ends_with_the_peer()
    {
        await using ServedOnLoopback served = new(Echo);
        using (Socket socket = await served.ConnectAsync())
        {
            socket.Send("hello"u8);
            Assert.Equal("hello", Receive(socket, 5));
            socket.Shutdown(SocketShutdown.Send);
            Assert.Equal(0, socket.Receive(new byte[1]));
        }
        await served.StopAsync();
        Assert.Equal((1, 5, 5), (served.Counters.Endings(ConnectionEnding.PeerFin), served.Counters.BytesReceived, served.Counters.BytesSent));
    }

    [Fact]
    public async Task Http_answers_pipelined_requests_in_order_and_passes_over_bodies()
    {
        await using ServedOnLoopback served = new(Http with { BodyBytes = 5 });
        using Socket socket = await served.ConnectAsync();
        socket.Send(Encoding.ASCII.GetBytes(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcHEAD / HTTP/1.1\r\nHost: a\r\n\r\n" +
            "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nab\r\n0\r\n\r\n"));

        string answers = ReceiveAll(socket);

        // The second is to HEAD: its length is told and nothing follows.
        Assert.Matches("^HTTP/1.1 200 OK\r\n(.+\r\n)*\r\nABCDEHTTP/1.1 200 OK\r\n(.+\r\n)*\r\nHTTP/1.1 200 OK\r\n(.+\r\n)*Connection: close\r\n\r\nABCDE$", answers);
        await served.StopAsync();
        Assert.Equal((3, 1), (served.Counters.Requests, served.Counters.Endings(ConnectionEnding.OurFin)));
    }

    [Fact]
    public async Task Http_sends_bodies_of_any_size()
    {
        await using ServedOnLoopback served = new(Http with { BodyBytes = 1_234_567, MaxRequests = 1 });
        using Socket socket = await served.ConnectAsync();
        socket.Send(Encoding.ASCII.GetBytes(Get));
        string answer = ReceiveAll(socket);
        Assert.Equal(1_234_567, answer.Length - answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) - 4);
    }

    [Fact]
    public async Task What_is_no_http_is_refused_and_the_answer_is_not_overtaken_by_a_reset()
    {
        await using ServedOnLoopback served = new(Http);
        using Socket socket = await served.ConnectAsync();
        socket.Send(Encoding.ASCII.GetBytes("nonsense\r\n" + new string('x', 20_000)));
        Assert.StartsWith("HTTP/1.1 400 ", ReceiveAll(socket), StringComparison.Ordinal);
        socket.Close();
        await served.StopAsync();
        Assert.Equal((1, 1), (served.Counters.BadRequests, served.Counters.Endings(ConnectionEnding.OurFin)));
    }

    [Fact]
    public async Task Discard_sends_nothing_and_chargen_never_ends()
    {
        await using ServedOnLoopback discard = new(Echo with { Mode = ListenMode.Discard });
        await using ServedOnLoopback chargen = new(Echo with { Mode = ListenMode.Chargen });
        using Socket into = await discard.ConnectAsync(), from = await chargen.ConnectAsync();
        into.Send(new byte[100_000]);
        into.Shutdown(SocketShutdown.Send);
        Assert.Equal("", ReceiveAll(into));
        Assert.Equal(100_000, discard.Counters.BytesReceived);
        Assert.Equal(300_000, Receive(from, 300_000).Length);
    }

    [Fact]
    public async Task Closes_after_so_many_requests_or_bytes_without_a_word()
    {
        await using ServedOnLoopback http = new(Http with { CloseAfter = 2 }), echo = new(Echo with { CloseAfter = 7 }),
            chargen = new(Echo with { Mode = ListenMode.Chargen, CloseAfter = 100_003 });
        using Socket asking = await http.ConnectAsync(), talking = await echo.ConnectAsync();
        asking.Send(Encoding.ASCII.GetBytes(Get + Get));
        string answers = ReceiveAll(asking);
        Assert.DoesNotContain("close", answers, StringComparison.Ordinal);
        Assert.Equal(2, answers.Split("200 OK").Length - 1);
        talking.Send("1234567"u8);
        Assert.Equal("1234567", ReceiveAll(talking));
        using Socket hearing = await chargen.ConnectAsync();
        Assert.Equal(100_003, ReceiveAll(hearing).Length);
        await http.StopAsync();
        Assert.Equal((1, 1), (http.Counters.Misdeeds(Misbehaviour.CloseAfter), http.Counters.Endings(ConnectionEnding.OurFin)));
    }

    [Theory]
    [InlineData(ListenMode.Echo), InlineData(ListenMode.Http)]
    public async Task Resets_at_a_count(ListenMode mode)
    {
        await using ServedOnLoopback served = new(Echo with { Mode = mode, ResetAfterCount = 1 });
        using Socket socket = await served.ConnectAsync();
        socket.Send(Encoding.ASCII.GetBytes(mode == ListenMode.Http ? Get : "x"));
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => socket.Receive(new byte[1])).SocketErrorCode);
        await served.StopAsync();
        Assert.Equal((1, 1), (served.Counters.Misdeeds(Misbehaviour.ResetAfter), served.Counters.Endings(ConnectionEnding.OurReset)));
    }

    [Fact]
    public async Task Resets_at_an_age_even_a_peer_that_does_not_read()
    {
        await using ServedOnLoopback served = new(Echo with { Mode = ListenMode.Chargen, ResetAfterTime = TimeSpan.FromMilliseconds(100) });
        using Socket socket = await served.ConnectAsync();
        for (int tries = 0; served.Counters.Endings(ConnectionEnding.OurReset) == 0 && tries < 500; tries++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.Equal(1, served.Counters.Endings(ConnectionEnding.OurReset));
    }

    [Fact]
    public async Task Closes_unread()
    {
        await using ServedOnLoopback served = new(Echo with { CloseUnread = true });
        using Socket socket = await served.ConnectAsync();
        socket.Send("hello"u8);
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => socket.Receive(new byte[1])).SocketErrorCode);
        await served.StopAsync();
        Assert.Equal((1, 0), (served.Counters.Endings(ConnectionEnding.OurReset), served.Counters.BytesReceived));
    }

    [Fact]
    public async Task Idle_connections_end_at_the_limit_and_busy_ones_do_not()
    {
        TimeSpan limit = TimeSpan.FromSeconds(3);
        await using ServedOnLoopback served = new(Echo with { IdleTimeout = limit });
        using Socket busy = await served.ConnectAsync();
        using Socket idle = await served.ConnectAsync();
        long began = Stopwatch.GetTimestamp();
        Task<TimeSpan> ended = Task.Run(() =>
        {
            Assert.Equal(0, idle.Receive(new byte[1]));
            return Stopwatch.GetElapsedTime(began);
        }, TestContext.Current.CancellationToken);
        while (!ended.IsCompleted)
        {
            busy.Send("x"u8);
            Assert.Equal("x", Receive(busy, 1));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        Assert.InRange(await ended, limit - TimeSpan.FromMilliseconds(20), limit + TimeSpan.FromSeconds(2));
        Assert.Equal((1, 1), (served.Counters.Misdeeds(Misbehaviour.IdleTimeout), served.Counters.Active));
    }

    [Fact]
    public async Task Stops_reading_and_notices_the_peers_end_all_the_same()
    {
        await using ServedOnLoopback served = new(Echo with { StopReading = true });
        using (Socket socket = await served.ConnectAsync())
        {
            socket.Blocking = false;
            int sent = 0;
            for (int still = 0; still < 5; still++)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
                while (socket.Send(new byte[65536], SocketFlags.None, out SocketError error) is > 0 and int piece && error == SocketError.Success)
                    (sent, still) = (sent + piece, 0);
            }
            Assert.InRange(sent, 1, 8_000_000);
            Assert.Equal((1, 0), (served.Counters.Active, served.Counters.BytesReceived));
            socket.LingerState = new LingerOption(true, 0);
        }
        for (int tries = 0; served.Counters.Active > 0 && tries < 500; tries++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.Equal(1, served.Counters.Endings(ConnectionEnding.PeerReset));
    }

    [Fact]
    public async Task Answers_fail_as_often_as_was_asked_for()
    {
        await using ServedOnLoopback served = new(Http with { FailRate = 0.5 });
        using Socket socket = await served.ConnectAsync();
        int failed = 0;
        const int All = 400;
        for (int i = 0; i < All; i++)
        {
            socket.Send(Encoding.ASCII.GetBytes(Get));
            string status = Receive(socket, 12);
            failed += status == "HTTP/1.1 500" ? 1 : 0;
            Drain(socket);
        }
        Assert.Equal(failed, served.Counters.Misdeeds(Misbehaviour.FailRate));
        // Six deviations of a fair coin.
        Assert.InRange(failed, (All / 2) - 60, (All / 2) + 60);
    }

    [Fact]
    public async Task No_more_connections_are_accepted_than_allowed()
    {
        await using ServedOnLoopback served = new(Echo with { MaxConnections = 2 });
        using Socket one = await served.ConnectAsync(), two = await served.ConnectAsync(), three = await served.ConnectAsync();
        three.Send("x"u8);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal((2, 2), (served.Counters.Accepted, served.Counters.ActivePeak));
        one.Close();
        Assert.Equal("x", Receive(three, 1));
        Assert.Equal(2, served.Counters.ActivePeak);
    }

    [Fact]
    public async Task Speaks_tls_with_a_certificate_of_its_own()
    {
        await using ServedOnLoopback served = new(Http with { Tls = true });
        using Socket socket = await served.ConnectAsync(), plain = await served.ConnectAsync();
#pragma warning disable CA5359 // nobody can trust it: that is the point
        await using SslStream tls = new(new NetworkStream(socket), false, (_, certificate, _, _) => certificate!.Subject == "CN=tcpwhy listen");
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync("localhost");
        await tls.WriteAsync(Encoding.ASCII.GetBytes(Get), TestContext.Current.CancellationToken);
        byte[] answer = new byte[15];
        await tls.ReadExactlyAsync(answer, TestContext.Current.CancellationToken);
        Assert.Equal("HTTP/1.1 200 OK", Encoding.ASCII.GetString(answer));
        plain.Send(Encoding.ASCII.GetBytes(Get));
        ReceiveAll(plain);
        Assert.Equal(1, served.Counters.FailedHandshakes);
    }

    [Fact]
    public async Task A_pause_is_never_too_short()
    {
        using Alarm alarm = new();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            TimeSpan wanted = TimeSpan.FromMicroseconds(20_000 - (397 * i));
            long began = Stopwatch.GetTimestamp();
            await alarm.WaitAsync(wanted);
            Assert.InRange(Stopwatch.GetElapsedTime(began), wanted, wanted + TimeSpan.FromSeconds(20));
        }));
    }

    [Fact]
    public void Delays_are_drawn_from_their_distribution()
    {
        TimeSpan one = TimeSpan.FromMilliseconds(1), nine = TimeSpan.FromMilliseconds(9), ten = TimeSpan.FromMilliseconds(10);
        const int Draws = 100_000;
        // Quantiles of so many draws are within 1 % (exponential: the median is the mean × ln 2, the 99th the mean × ln 100).
        double[] exponential = Milliseconds(ResponseDelay.Exponential("", ten)), uniform = Milliseconds(ResponseDelay.Uniform("", one, nine));
        Assert.InRange(exponential[Draws / 2] / (10 * Math.Log(2)), 0.97, 1.03);
        Assert.InRange(exponential[Draws * 99 / 100] / (10 * Math.Log(100)), 0.95, 1.05);
        Assert.InRange(uniform[0], 1, 1.1);
        Assert.InRange(uniform[Draws / 2], 4.9, 5.1);
        Assert.InRange(uniform[^1], 8.9, 9);
        Assert.Equal([10], Milliseconds(ResponseDelay.Fixed("", ten)).Distinct());

        static double[] Milliseconds(ResponseDelay delay) => [.. Enumerable.Range(0, Draws).Select(_ => delay.Next().TotalMilliseconds).Order()];
    }

    private static string Receive(Socket socket, int bytes)
    {
        byte[] buffer = new byte[bytes];
        int got = 0;
        while (got < bytes && socket.Receive(buffer.AsSpan(got)) is > 0 and int read)
            got += read;
        return Encoding.Latin1.GetString(buffer, 0, got);
    }

    private static string ReceiveAll(Socket socket)
    {
        StringBuilder all = new();
        byte[] buffer = new byte[65536];
        while (socket.Receive(buffer) is > 0 and int read)
            all.Append(Encoding.Latin1.GetString(buffer, 0, read));
        return all.ToString();
    }

    private static void Drain(Socket socket)
    {
        string rest = "";
        while (!rest.Contains("\r\n\r\n", StringComparison.Ordinal))
            rest += Receive(socket, 1);
        if (rest.Contains("Content-Length: 2", StringComparison.Ordinal))
            Receive(socket, 2);
    }
}
