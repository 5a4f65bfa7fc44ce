using Tcpwhy.History;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.Tests.History;

public class LookupTests
{
    private static readonly TimeZoneInfo Seoul = TimeZoneInfo.CreateCustomTimeZone("Seoul", TimeSpan.FromHours(9), "Seoul", "Seoul");
    private static readonly DateTimeOffset Death = Told.Noon.AddSeconds(10.3);

    [Theory]
    [InlineData("2026-11-20T12:00:10Z read tcp 10.0.3.4:51234->10.0.9.8:443: connection reset")]
    [InlineData("2026-11-20T12:00:10.301Z 10.0.3.4:51234")]
    [InlineData("2026-11-20T12:00:14Z late: 10.0.3.4 port 51234")]
    [InlineData("2026-11-20 21:00:10 10.0.3.4:51234")]
    [InlineData("2026-11-20 12:00:10 10.0.3.4:51234")]
    [InlineData("2026-11-20T12:00:10Z SRC=10.0.3.4 DST=10.0.9.8 SPT=51234 DPT=443")]
    [InlineData("2026-11-20T12:00:10Z upstream: \"https://10.0.9.8:443/\"")]
    [InlineData("2026-11-20T12:00:10Z client: 10.0.3.4")]
    [InlineData("10.0.3.4:51234 -> 10.0.9.8:443 reset")]
    public void The_connection_that_a_line_names_is_found_among_others(string line)
    {
        LookupAnswer answer = Ask(line,
            Told.Failure(Death),
            Told.Failure(Death.AddSeconds(5), "10.0.3.4:51235"),
            Told.Failure(Death.AddMinutes(1), "10.0.7.7:40000"),
            Told.Failure(Death.AddSeconds(-0.1), "10.0.7.7:40001", "10.0.9.9:80"));

        Assert.NotNull(answer.Found);
        Assert.Equal("10.0.3.4:51234 10.0.9.8:443", $"{answer.Found.Connection.Local} {answer.Found.Connection.Remote}");
    }

    [Theory]
    [InlineData("2026-11-20T12:00:10Z 10.0.9.8:443 reset", 2, "10.0.3.4:51234 10.0.3.5:1000")]
    [InlineData("2026-11-20T12:00:10Z reset", 0, "10.0.3.4:51234 10.0.3.5:1000")]
    [InlineData("2026-11-20T12:00:10Z 10.0.3.4:9", 0, "10.0.3.4:51234 10.0.3.5:1000")]
    [InlineData("2026-11-20T12:10:10Z 10.0.3.4:51234", 0, "10.0.3.4:51234")]
    [InlineData("2026-11-20T12:00:10Z 10.0.9.8:8443", 0, "10.0.3.4:51234 10.0.3.5:1000")]
    public void A_line_that_fits_several_or_none_gets_the_nearest(string line, int fitting, string nearest)
    {
        LookupAnswer answer = Ask(line, Told.Failure(Death.AddSeconds(0.2), "10.0.3.5:1000"), Told.Failure(Death));

        Assert.Null(answer.Found);
        Assert.Equal(fitting, answer.Fitting);
        Assert.Equal(nearest.Split(' ').Order(), answer.Near.Take(nearest.Split(' ').Length).Select(near => near.Connection.Local.ToString()).Order());
    }

    [Fact]
    public void A_port_that_was_used_again_is_told_apart_by_its_second()
    {
        LookupAnswer answer = Ask("2026-11-20T12:00:10Z 10.0.3.4:51234", Told.Failure(Death, cause: "keepalive-race"), Told.Failure(Death.AddSeconds(4)));

        Assert.Equal("keepalive-race", answer.Found?.Finding.Cause);
        Assert.Equal(TimeSpan.Zero, answer.Found!.Offset);
    }

    [Fact]
    public void History_finds_it_too_among_thousands()
    {
        using var scratch = new Scratch();
        using (HistoryWriter writer = scratch.Open())
        {
            for (int i = 0; i < 5_000; i++)
                writer.Keep(Told.Numbered(i, Told.Noon.AddMilliseconds(i)));
            writer.Keep(Told.Failure(Death.AddMinutes(3), "[fd00::4]:51234", "[fd00::8]:443", "keepalive-race"));
            writer.Keep(Told.Tick(Told.Noon.AddSeconds(5)));
        }
        using HistoryReader history = scratch.Read();
        LookupAnswer one = Lookup.Ask(history, LogLine.Read("2026-11-20T12:00:02Z 10.0.3.4:3024 reset", Told.Noon.AddDays(1), Seoul));
        LookupAnswer six = Lookup.Ask(history, LogLine.Read("2026-11-20T12:03:10Z [fd00::4]:51234 reset", Told.Noon.AddDays(1), Seoul));
        LookupAnswer none = Lookup.Ask(history, LogLine.Read("2026-11-19T12:00:02Z 10.0.3.4:3024 reset", Told.Noon.AddDays(1), Seoul));

        Assert.Equal("2000", one.Found?.Finding.Facts["unread"]);
        Assert.True(one.Watched);
        Assert.Equal("keepalive-race", six.Found?.Finding.Cause);
        Assert.False(none.Watched);
        Assert.Null(none.Found);
    }

    private static LookupAnswer Ask(string line, params Finding[] near) => Lookup.Choose(LogLine.Read(line, Told.Noon.AddDays(1), Seoul), near);
}
