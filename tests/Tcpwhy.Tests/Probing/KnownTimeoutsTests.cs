using Tcpwhy.Balancers;
using Tcpwhy.Pools;
using Tcpwhy.Pools.Runtimes;
using Tcpwhy.Probing;
using Xunit;

namespace Tcpwhy.Tests.Probing;

public class KnownTimeoutsTests
{
    private const string Line = "nginx | >=0.7 | server | fin | 75 | keepalive_timeout | nginx.org";

    [Fact]
    public void A_line_is_read_whole() => Assert.Equal(
        new KnownTimeout("nginx", ">=0.7", TimeoutSide.Server, IdleEnd.Fin, TimeSpan.FromSeconds(75), "keepalive_timeout", "nginx.org"),
        Assert.Single(Read("# products\n\n" + Line + "\n")));

    [Fact]
    public void What_is_for_all_fixed_or_never_has_no_value()
    {
        KnownTimeout one = Assert.Single(Read("box | * | path | reset-on-use | never | fixed | known"));
        Assert.Null(one.Versions);
        Assert.Null(one.Default);
        Assert.Null(one.Setting);
        Assert.Equal((TimeoutSide.Path, IdleEnd.ResetOnUse), (one.Side, one.How));
    }

    [Theory]
    [InlineData("nginx | * | server | fin | 75 | keepalive_timeout", "t:1: 6 fields instead of 7")]
    [InlineData("a | * | server | fin | 75 | b | c | d", "t:1: 8 fields instead of 7")]
    [InlineData(" | * | server | fin | 75 | b | c", "t:1: field 1 is empty")]
    [InlineData("a\tb | * | server | fin | 75 | b | c", "t:1: field 1 is empty or has control characters")]
    [InlineData("a | * | serber | fin | 75 | b | c", "t:1: side 'serber' is none of")]
    [InlineData("a | * | server | FIN | 75 | b | c", "t:1: how 'FIN' is none of")]
    [InlineData("a | * | server | fin | 0 | b | c", "t:1: default '0' is no number")]
    [InlineData("a | * | server | fin | -3 | b | c", "t:1: default '-3' is no number")]
    [InlineData("a | * | server | fin | 1e99 | b | c", "t:1: default '1e99' is no number")]
    [InlineData("a | * | server | fin | NaN | b | c", "t:1: default 'NaN' is no number")]
    [InlineData("a | * | server | fin | 99999999999 | b | c", "t:1: default '99999999999' is no number")]
    [InlineData(Line + "\n" + Line, "t:2: nginx has this setting on an earlier line")]
    public void A_malformed_line_is_told_with_its_place(string lines, string error) =>
        Assert.StartsWith(error, Assert.Throws<InvalidDataException>(() => Read(lines)).Message, StringComparison.Ordinal);

    [Fact]
    public void Cut_and_changed_lines_are_read_or_told()
    {
        var random = new Random(20260304);
        for (int i = 0; i < 5_000; i++)
        {
            char[] changed = Line[..random.Next(Line.Length + 1)].ToCharArray();
            if (changed.Length > 0)
                changed[random.Next(changed.Length)] = (char)random.Next(0x250);
            try
            {
                Read(new string(changed));
            }
            catch (InvalidDataException)
            {
                // What is expected of most.
            }
        }
    }

    [Theory]
    [InlineData("AWS Network Load Balancer, TCP", TimeoutSide.Path, 350)]
    [InlineData("nginx", TimeoutSide.Server, 75)]
    [InlineData("nginx upstream", TimeoutSide.Pool, 60)]
    [InlineData("gunicorn", TimeoutSide.Server, 2)]
    [InlineData("Linux conntrack", TimeoutSide.Path, 432000)]
    [InlineData("Kestrel (.NET)", TimeoutSide.Server, 130)]
    public void The_table_knows(string product, TimeoutSide side, int seconds) =>
        Assert.Contains(KnownTimeouts.All, one => one.Product == product && one.Side == side && one.Default == TimeSpan.FromSeconds(seconds));

    [Fact]
    public void The_table_has_the_products_that_people_run() => Assert.True(KnownTimeouts.All.Count >= 60);

    [Theory]
    [InlineData("node", 5)]
    [InlineData("gunicorn", 2)]
    [InlineData("nginx", 75)]
    [InlineData("tomcat", 20)]
    [InlineData("kestrel", 130)]
    [InlineData("puma", 20)]
    public void A_server_s_word_stands_for_the_shortest_default_of_its_versions(string word, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), KnownServer.Parse(word, _ => null).KeepAlive);

    [Fact]
    public void Every_word_for_a_server_has_a_default() => Assert.All(KnownServer.Products, one => Assert.NotNull(KnownServer.Parse(one.Name, _ => null)));

    [Theory]
    [InlineData("alb", 60)]
    [InlineData("nlb", 350)]
    [InlineData("cloudfront", 5)]
    [InlineData("gcp", 600)]
    [InlineData("azure", 240)]
    [InlineData("frontdoor", 90)]
    [InlineData("heroku", 90)]
    [InlineData("envoy", 3600)]
    public void A_front_keeps_connections_as_the_table_says(string word, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Front.Find(word)!.Idle);

    [Fact]
    public void Every_front_but_none_has_a_default() => Assert.All(Front.Known.Skip(1), front => Assert.NotNull(front.Idle));

    [Theory]
    [InlineData(Runtime.DotNet, "SocketsHttpHandler", "PooledConnectionIdleTimeout", ".NET SocketsHttpHandler")]
    [InlineData(Runtime.DotNet, "Npgsql", "Connection Idle Lifetime", "Npgsql")]
    [InlineData(Runtime.Java, "HikariCP", "idleTimeout", "HikariCP")]
    [InlineData(Runtime.Java, "java.net.http", "jdk.httpclient.keepalive.timeout", "JDK HttpClient")]
    [InlineData(Runtime.NodeJs, "agentkeepalive", "freeSocketTimeout", "agentkeepalive (Node.js)")]
    [InlineData(Runtime.Go, "http.Transport", "IdleConnTimeout", "Go net/http Transport")]
    [InlineData(Runtime.Nginx, "upstream", "keepalive_timeout", "nginx upstream")]
    [InlineData(Runtime.Envoy, "cluster", "common_http_protocol_options.idle_timeout", "Envoy")]
    public void What_a_pool_s_setting_is_by_default_agrees_with_the_table(Runtime runtime, string library, string setting, string product)
    {
        List<string?> written = [.. Enum.GetValues<PoolVerdict>().SelectMany(verdict => KnobTable.Of(runtime, verdict))
            .Where(knob => knob.Library == library && knob.Setting == setting).Select(knob => knob.Default).Distinct()];
        double seconds = Assert.Single(written) switch
        {
            { } text when text.Contains(':', StringComparison.Ordinal) => TimeSpan.ParseExact(text, "c", null).TotalSeconds,
            { } text when text.EndsWith('h') => 3600 * double.Parse(text[..^1], System.Globalization.CultureInfo.InvariantCulture),
            { } text when double.Parse(text.TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture) is var number => number >= 1000 ? number / 1000 : number,
            _ => double.NaN,
        };
        Assert.Equal(KnownTimeouts.Of(product, TimeoutSide.Pool).TotalSeconds, seconds);
    }

    private static IReadOnlyList<KnownTimeout> Read(string lines) => KnownTimeouts.Read(new StringReader(lines), "t");
}
