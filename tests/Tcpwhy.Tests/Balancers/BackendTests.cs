using Tcpwhy.Balancers;
using Tcpwhy.Tests.Cli;
using Xunit;

namespace Tcpwhy.Tests.Balancers;

public class BackendTests
{
    /// <summary>Texts that would be, or would end, a directive somewhere.</summary>
    private static readonly string[] marks =
    [
        "\n", "\r", "\r\n", "\0", "\t", " ", ";", "{", "}", "\"", "'", "\\", "$", "${x}", "$(id)", "`id`", "#", "%", "|", "&", "<", ">", "(", ")", "*", "?",
        "!", "~", "^", "@", "+", ",", "\u2028", "\u202e", "\u00a0", "\ufeff", "é", "한", "\ud83d\ude00", "\x1b[2J", "\x7f",
        "\n server evil 6.6.6.6:80", "; } server { listen 1; ", " maxconn 1 #", "\" \"", "\nglobal\n  insecure-fork-wanted", "$host", "unix:/tmp/x", "/../", "http://",
    ];

    public static TheoryData<string> Hostile()
    {
        SortedSet<string> words = new(StringComparer.Ordinal) { "", "=", ":", ":80", "a:", "a:0", "a:65536", "a:-1", "a:8 0", "a:٣", "a=b=c:1", "-a:1", "a-:1", "a..b:1", "1.2.3:1", "010.1.1.1:1", "256.1.1.1:1", "0x7f.1:1", "::1:80", "[::1]", "[::1]:", "[::1]80", "[1.2.3.4]:80", "[::g]:80", "[fe80::1%eth0]:80", "[::1]:80,weight=0", "a:1,weight=257", "a:1,weight=1,weight=2", "a:1,backup", "a:1,weight=", new string('a', 64) + ":1", new string('a', 64) + "=b:1", string.Concat(Enumerable.Repeat("a.", 130)) + "b:1", new string('x', 100_000), ".a:1", "a.:1", "_=", "name=:80" };
        foreach (string mark in marks)
        {
            words.Add($"na{mark}me=10.0.0.1:80");
            words.Add($"name=ho{mark}st:80");
            words.Add($"name=host:80{mark}");
            words.Add($"{mark}name=host:80");
            words.Add($"[fd00::1{mark}]:80");
        }
        return new TheoryData<string>(words);
    }

    [Fact]
    public void Two_hundred_hostile_names_are_tried() => Assert.True(Hostile().Count >= 200, $"{Hostile().Count}");

    [Fact]
    public void No_hostile_name_gets_into_a_configuration() => Assert.All(Hostile(), word =>
    {
        foreach (string program in new[] { "haproxy", "nginx" })
        {
            Run run = Run.Of("generate", program, "--", word.Data);
            Assert.Equal("", run.Out);
            Assert.Equal(ExitCode.Usage, run.Status);
            string line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.True(line.Length < 400, line);
            Assert.DoesNotContain(line, c => char.IsControl(c));
        }
    });

    [Theory]
    [InlineData("10.0.0.1:8080", "s1", "10.0.0.1", 8080, null)]
    [InlineData("web-1=app.internal:80,weight=3", "web-1", "app.internal", 80, 3)]
    [InlineData("[FD00:0::1]:443", "s1", "fd00::1", 443, null)]
    [InlineData("a.b_c=localhost:65535,weight=256", "a.b_c", "localhost", 65535, 256)]
    [InlineData("tasks.my_service:1", "s1", "tasks.my_service", 1, null)]
    public void Backend_reads(string word, string name, string host, int port, int? weight)
    {
        Backend backend = Assert.Single(Backend.ParseAll([word]));
        Assert.Equal((name, host, port, weight), (backend.Name, backend.Address.Host, backend.Address.Port, backend.Weight));
    }

    [Theory]
    [InlineData("two backends are called 'a'", "a=10.0.0.1:1", "a=10.0.0.2:1")]
    [InlineData("two backends are called 's2'", "s2=10.0.0.1:1", "10.0.0.2:1")]
    [InlineData("two backends have the address [::1]:1", "a=[::1]:1", "b=[0:0::1]:1")]
    public void Twins_are_refused(string complaint, params string[] words) =>
        Assert.Equal(complaint, Assert.Throws<InvalidDataException>(() => Backend.ParseAll(words)).Message);

    [Theory]
    [InlineData("--tls", "relative.pem")]
    [InlineData("--tls", "/etc/x;y.pem")]
    [InlineData("--tls", "/etc/x\ny.pem")]
    [InlineData("--tls", "/etc/$x.pem")]
    [InlineData("--health", "healthz")]
    [InlineData("--health", "/a b")]
    [InlineData("--health", "/a\"b")]
    [InlineData("--health", "/a{b")]
    [InlineData("--health", "/a\nb")]
    [InlineData("--health", "/a#b")]
    [InlineData("--websocket", "/$x")]
    [InlineData("--websocket", "/x;")]
    [InlineData("--backend-tls", "a b")]
    [InlineData("--backend-tls", "a)")]
    [InlineData("--name", "a;b")]
    [InlineData("--name", "a\nb")]
    [InlineData("--name", "")]
    [InlineData("--listen", "80;")]
    [InlineData("--listen", "example.com:80")]
    [InlineData("--listen", "0")]
    [InlineData("--listen", "70000")]
    [InlineData("--listen", "::80")]
    [InlineData("--target-version", "2.6;")]
    [InlineData("--target-version", "2.6\n")]
    [InlineData("--target-version", "latest")]
    [InlineData("--target-version", "1.4")]
    [InlineData("--maxconn", "0")]
    [InlineData("--maxconn", "1000001")]
    [InlineData("--maxconn", "many")]
    [InlineData("--front", "f5")]
    [InlineData("--front-idle", "60")]
    [InlineData("--mode", "udp")]
    [InlineData("--backend-keepalive", "0s")]
    public void No_option_lets_a_directive_in(string option, string value)
    {
        foreach (string program in new[] { "haproxy", "nginx" })
        {
            Run run = Run.Of("generate", program, "10.0.0.1:80", option, value);
            Assert.Equal("", run.Out);
            Assert.Equal(ExitCode.Usage, run.Status);
            string line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.Contains(option == "--target-version" && value == "1.4" ? "version 1.4.0" : option, line, StringComparison.Ordinal);
        }
    }
}
