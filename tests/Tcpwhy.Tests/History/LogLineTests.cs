using System.Globalization;
using Tcpwhy.History;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.Tests.History;

public class LogLineTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 15, 0, 0, TimeSpan.Zero);
    private static readonly TimeZoneInfo Seoul = TimeZoneInfo.CreateCustomTimeZone("Seoul", TimeSpan.FromHours(9), "Seoul", "Seoul");

    /// <summary>Lines as programs write them, on a host in Seoul at midnight of the 23rd; the moment is UTC.</summary>
    [Theory]
    [InlineData("2026-11-22T14:02:11.123456Z error: read: connection reset by peer", "2026-11-22 14:02:11.123456")]
    [InlineData("2026-11-22T14:02:11+09:00 upstream failed", "2026-11-22 05:02:11.000000")]
    [InlineData("2026-11-22T14:02:11,5-0330 x", "2026-11-22 17:32:11.500000")]
    [InlineData("20261122T140211Z x", "2026-11-22 14:02:11.000000")]
    [InlineData("20261122140211 x", "2026-11-22 05:02:11.000000")]
    [InlineData("2026-11-22 14:02:11,123 ERROR [http-nio-8080-exec-3] c.a.Client - Connection reset", "2026-11-22 05:02:11.123000")]
    [InlineData("2026-11-22 14:02:11,123 - requests - ERROR - ('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))", "2026-11-22 05:02:11.123000")]
    [InlineData("2026/11/22 14:02:11 [error] 1234#1234: *567 upstream prematurely closed connection", "2026-11-22 05:02:11.000000")]
    [InlineData("2026/11/22 14:02:11.123456 http: proxy error: EOF", "2026-11-22 05:02:11.123456")]
    [InlineData("10.0.3.4 - - [22/Nov/2026:14:02:11 +0900] \"GET / HTTP/1.1\" 502 157", "2026-11-22 05:02:11.000000")]
    [InlineData("Nov 22 14:02:11 web1 haproxy[991]: 10.0.3.4:51234 [22/Nov/2026:14:02:11.456] fe be/s1 0/0/0/-1/3 502 208 - - SH-- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"", "2026-11-22 05:02:11.000000|2026-11-22 05:02:11.456000")]
    [InlineData("Nov  2 04:02:11 web1 sshd[77]: Connection reset by 10.0.3.4 port 51234", "2026-11-01 19:02:11.000000")]
    [InlineData("Dec 31 23:59:59 web1 app: reset", "2025-12-31 14:59:59.000000")]
    [InlineData("[Sun Nov 22 14:02:11.123456 2026] [proxy:error] [pid 1:tid 2] (104)Connection reset by peer", "2026-11-22 05:02:11.123456")]
    [InlineData("Sun, 22 Nov 2026 14:02:11 GMT", "2026-11-22 14:02:11.000000")]
    [InlineData("1:M 22 Nov 2026 14:02:11.123 # Error accepting a client connection", "2026-11-22 05:02:11.123000")]
    [InlineData("22-Nov-2026 14:02:11.123 SEVERE [main] org.apache.catalina", "2026-11-22 05:02:11.123000")]
    [InlineData("2026-11-22 14:02:11.123 UTC [4321] LOG:  could not receive data from client: Connection reset by peer", "2026-11-22 14:02:11.123000")]
    [InlineData("2026-11-22 14:02:11.123 KST [4321] LOG:  unexpected EOF", "2026-11-22 05:02:11.123000")]
    [InlineData("E1122 14:02:11.123456       1 proxy.go:77] connection reset", "2026-11-22 05:02:11.123456")]
    [InlineData("level=error ts=1795356131.123 caller=x.go:1 msg=reset", "2026-11-22 14:02:11.123000")]
    [InlineData("{\"time\":1795356131123,\"msg\":\"reset\"}", "2026-11-22 14:02:11.123000")]
    [InlineData("1795356131 10.0.3.4", "2026-11-22 14:02:11.000000")]
    [InlineData("@timestamp 1795356131123456 reset", "2026-11-22 14:02:11.123456")]
    [InlineData("11/22/2026 2:02:11 PM: An existing connection was forcibly closed", "2026-11-22 05:02:11.000000")]
    [InlineData("22.11.2026 14:02:11 Verbindung", "2026-11-22 05:02:11.000000")]
    [InlineData("2026년 11월 22일 오후 2:02:11 연결이 끊어졌습니다", "2026-11-22 05:02:11.000000")]
    [InlineData("2026년 11월 22일 14시 02분 11초 연결 오류", "2026-11-22 05:02:11.000000")]
    [InlineData("2026. 11. 22. 오후 2:02:11 연결 오류", "2026-11-22 05:02:11.000000")]
    [InlineData("14:02:11.123 [main] ERROR reset", "2026-11-22 05:02:11.123000")]
    [InlineData("23:59:30 ERROR reset", "2026-11-22 14:59:30.000000")]
    [InlineData("00:05:00 ERROR reset", "2026-11-21 15:05:00.000000")]
    [InlineData("I, [2026-11-22T14:02:11.123456 #4321]  INFO -- : Errno::ECONNRESET", "2026-11-22 05:02:11.123456")]
    public void A_time_is_found_as_programs_write_it(string line, string expected)
    {
        LogLine read = LogLine.Read(line, Now, Seoul);

        Assert.Equal(expected, string.Join('|', read.Times.Where(time => !time.AsUtc).Select(time => time.Time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)).Distinct()));
        Assert.All(read.Times, time => Assert.Equal(TimeSpan.Zero, time.Time.Offset));
    }

    [Theory]
    [InlineData("10.0.3.4:51234", "10.0.3.4:51234", "")]
    [InlineData("read tcp 10.0.3.4:51234->10.0.9.8:443: read: connection reset by peer", "10.0.3.4:51234 10.0.9.8:443", "")]
    [InlineData("recv() failed (104) while reading upstream, client: 10.0.3.4, server: _, upstream: \"http://10.0.9.8:8080/x\", host: \"shop.example:81\"", "10.0.3.4:0 10.0.9.8:8080", "81")]
    [InlineData("Connection reset by 10.0.3.4 port 51234 [preauth]", "10.0.3.4:51234", "")]
    [InlineData("[fd00::8]:443 reset, [::1]", "[fd00::8]:443 [::1]:0", "")]
    [InlineData("client ::ffff:10.0.3.4 and fd00:1::2, [::ffff:10.0.9.8]:80", "10.0.9.8:80 10.0.3.4:0 [fd00:1::2]:0", "")]
    [InlineData("ConnectTimeoutException: connection timed out: db.internal/10.0.9.8:5432", "10.0.9.8:5432", "")]
    [InlineData("at java.net.Socket(Socket.java:512) /10.0.3.4:51234", "10.0.3.4:51234", "")]
    [InlineData("connect to db.internal:5432 failed", "", "5432")]
    [InlineData("peer ('10.0.3.4', 51234) went away", "10.0.3.4:51234", "")]
    [InlineData("IP 10.0.3.4.51234 > 10.0.9.8.443: Flags [R], seq 1", "10.0.3.4:51234 10.0.9.8:443", "")]
    [InlineData("IN=eth0 SRC=10.0.3.4 DST=10.0.9.8 LEN=60 PROTO=TCP SPT=51234 DPT=443 WINDOW=0", "10.0.3.4:0 10.0.9.8:0", "51234 443")]
    [InlineData("{\"client_ip\":\"10.0.3.4\",\"client_port\":51234,\"port\": 443}", "10.0.3.4:51234", "443")]
    [InlineData("listening on 0.0.0.0:8080, dport = 443", "", "443")]
    [InlineData("Address already in use: *:9000", "", "9000")]
    [InlineData("the end is 10.0.3.4.", "10.0.3.4:0", "")]
    public void Addresses_and_ports_are_found_in_any_text(string line, string ends, string ports)
    {
        LogLine read = LogLine.Read("2026-11-22T14:02:11Z " + line, Now, Seoul);

        Assert.Equal(ends, string.Join(' ', read.Ends));
        Assert.Equal(ports, string.Join(' ', read.Ports));
    }

    [Theory]
    [InlineData("999.1.2.3:80")]
    [InlineData("10.0.3.4:99999")]
    [InlineData("version 1.2.3 of 300.300.300.300, ratio 4:3, ::::, [::x]:1, aa:bb:cc:dd:ee:ff")]
    [InlineData("2026-13-45 99:99:99")]
    [InlineData("0000000000 9999999999 12345678901234567890")]
    [InlineData("")]
    [InlineData("connection reset by peer")]
    public void What_is_none_is_refused_in_one_line(string line)
    {
        ToolException refused = Assert.Throws<ToolException>(() => LogLine.Read(line, Now, Seoul));
        Assert.Equal((ExitCode.Usage, "--at takes a line of a log: this has neither a time nor an address that can be read"), (refused.ExitCode, refused.Message));
    }

    [Fact]
    public void A_time_without_a_zone_is_the_hosts_or_perhaps_UTC()
    {
        LogLine read = LogLine.Read("2026-11-22 14:02:11", Now, Seoul);

        Assert.Equal([new LogTime(Now.Date.AddHours(5).AddSeconds(131), TimeSpan.FromSeconds(1)), new LogTime(Now.Date.AddHours(14).AddSeconds(131), TimeSpan.FromSeconds(1), true)], read.Times.Select(time => time with { Time = time.Time }));
        Assert.Single(LogLine.Read("2026-11-22 14:02:11", Now, TimeZoneInfo.Utc).Times);
        Assert.Single(LogLine.Read("2026-11-22 14:02:11Z", Now, Seoul).Times);
    }

    [Fact]
    public void A_date_that_is_two_dates_is_both() =>
        Assert.Equal([4, 3], LogLine.Read("03/04/2026 14:02:11Z", Now, Seoul).Times.Select(time => time.Time.Month));

    [Fact]
    public void An_hour_that_comes_twice_is_both()
    {
        TimeZoneInfo berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        Assert.Equal(2, LogLine.Read("2026-10-25 02:30:00", Now, berlin).Times.Count(time => !time.AsUtc));
    }

    [Fact]
    public void Random_and_hostile_text_is_read_or_refused_at_once()
    {
        var random = new Random(7);
        const string Letters = "0123456789:::...,,-[]/ TZ+Novapm년월일오후시분초#=>\e\u202e";
        long began = TimeProvider.System.GetTimestamp();
        for (int round = 0; round < 300; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 200)).Select(_ => Letters[random.Next(Letters.Length)]));
            Read(text);
        }
        foreach (string piece in (string[])["1", ":", "1.", "a:", "1:", "[", "::", "port ", " 2026-", "2026-11-22 1", "Nov ", "10.0.0.1:", "1795356131"])
            Read(string.Concat(Enumerable.Repeat(piece, 20_000 / piece.Length)));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 0, 20);

        static void Read(string text)
        {
            try
            {
                LogLine.Read(text, Now, Seoul);
            }
            catch (ToolException refused)
            {
                Assert.Equal(ExitCode.Usage, refused.ExitCode);
            }
        }
    }
}
