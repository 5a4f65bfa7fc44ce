using Tcpwhy.Balancers;
using Tcpwhy.Tests.Cli;
using Xunit;

namespace Tcpwhy.Tests.Balancers;

public class GenerateTests
{
    [Theory]
    [InlineData("generate.haproxy.cfg", "haproxy", "a=10.0.0.1:8080,weight=3", "[fd00::1]:8080", "--front", "alb", "--health", "/healthz", "--maxconn", "500", "--backend-keepalive", "75s", "--target-version", "2.6")]
    [InlineData("generate.haproxy-tcp.cfg", "haproxy", "db=10.0.0.1:5432", "--mode", "tcp", "--front", "nlb", "--listen", "5432", "--target-version", "2.0")]
    [InlineData("generate.haproxy-tls.cfg", "haproxy", "a=app.example.com:443", "--tls", "/etc/ssl/site.pem", "--backend-tls", "app.example.com", "--backend-keepalive", "2s", "--target-version", "3.2")]
    [InlineData("generate.nginx.conf", "nginx", "a=10.0.0.1:8080,weight=3", "[fd00::1]:8080", "--front", "gcp", "--maxconn", "500", "--backend-keepalive", "5s", "--target-version", "1.22.1")]
    [InlineData("generate.nginx-websocket.conf", "nginx", "a=10.0.0.1:8080", "--websocket", "/ws/", "--tls", "/etc/ssl/site.pem", "--tls-key", "/etc/ssl/site.key", "--target-version", "1.30.0")]
    [InlineData("generate.nginx-tcp.conf", "nginx", "db=10.0.0.1:5432", "--mode", "tcp", "--front", "azure", "--listen", "10.0.0.9:5432", "--target-version", "1.18")]
    public void Configuration_is_as_recorded(string file, params string[] arguments)
    {
        Run run = Run.Of(["generate", .. arguments]);

        Assert.StartsWith("not checked, for ", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, run.Status);
        Golden.Matches(file, run.Out);
    }

    [Theory]
    [InlineData("--measure-max goes with --measure", "--measure-max", "5s")]
    [InlineData("--measure-max: at least 2s and at most 1h", "--measure", "--measure-max", "1s")]
    [InlineData("--measure goes with --mode http", "--measure", "--mode", "tcp")]
    public void Measuring_needs_what_it_goes_with(string complaint, params string[] options)
    {
        Run run = Run.Of(["generate", "nginx", "192.0.2.1:80", .. options]);
        Assert.Equal((ExitCode.Usage, "", $"tcpwhy: {complaint}\n"), (run.Status, run.Out, run.Error));
    }

    [Theory]
    [InlineData("haproxy", "2.0", "2.3", "clitcpka-idle")]
    [InlineData("haproxy", "2.3", "2.4", "option idle-close-on-response")]
    [InlineData("nginx", "1.19.9", "1.19.10", "keepalive_time ")]
    [InlineData("nginx", "1.27.3", "1.27.4", "keepalive_min_timeout")]
    public void A_directive_is_used_from_its_version_on(string program, string before, string since, string directive)
    {
        Assert.DoesNotContain(directive, Written(program, before), StringComparison.Ordinal);
        Assert.Contains(directive, Written(program, since), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_front_is_outlived_or_undercut() => Assert.All(Front.Known, front =>
    {
        TimeSpan ours = TimeoutPlan.ClientIdle(front);
        if (front.Kind == FrontKind.Tracks)
            Assert.True(ours < front.Idle, $"{front.Word}: {ours}");
        else
            Assert.True(ours > (front.Idle ?? TimeSpan.FromSeconds(60)), $"{front.Word}: {ours}");
    });

    [Theory]
    [InlineData(500, 0)]
    [InlineData(2_000, 1_000)]
    [InlineData(5_000, 3_000)]
    [InlineData(75_000, 60_000)]
    public void A_pool_gives_up_before_its_server(int serverMilliseconds, int poolMilliseconds) =>
        Assert.Equal(poolMilliseconds, TimeoutPlan.PoolIdle(TimeSpan.FromMilliseconds(serverMilliseconds)).TotalMilliseconds);

    [Theory]
    [InlineData("HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/", "2.6.12")]
    [InlineData("nginx version: nginx/1.22.1\nbuilt with OpenSSL 3.0.22", "1.22.1")]
    [InlineData("HA-Proxy version 2.0.33 2023/02/14", "2.0.33")]
    [InlineData("HAProxy version 3.3-dev5-abc 2026/01/01", "3.3.0")]
    public void Version_is_found_in_what_a_program_says(string said, string version) => Assert.Equal(version, ProgramVersion.Find(said).ToString());

    [Fact]
    public void File_is_written_and_never_over_another_unasked()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("tcpwhy-test-");
        try
        {
            string file = Path.Combine(directory.FullName, "haproxy.cfg"), link = Path.Combine(directory.FullName, "link.cfg");
            Run first = Run.Of("generate", "haproxy", "10.0.0.1:80", "-o", file);
            Assert.Equal((ExitCode.Done, ""), (first.Status, first.Out));
            string written = File.ReadAllText(file);
            Assert.Contains("server s1 10.0.0.1:80", written, StringComparison.Ordinal);

            Run second = Run.Of("generate", "haproxy", "10.0.0.2:80", "-o", file);
            Assert.Equal(ExitCode.Usage, second.Status);
            Assert.Contains("--force", second.Error, StringComparison.Ordinal);
            Assert.Equal(written, File.ReadAllText(file));

            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.CreateSymbolicLink(link, file);
            Assert.Equal(ExitCode.Done, Run.Of("generate", "haproxy", "10.0.0.2:80", "-o", link, "--force").Status);
            Assert.Contains("server s1 10.0.0.2:80", File.ReadAllText(file), StringComparison.Ordinal);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal(file, File.ResolveLinkTarget(link, true)!.FullName);
            Assert.Equal(written, File.ReadAllText(Assert.Single(Directory.GetFiles(directory.FullName, "*.bak"))));
            Assert.Equal(3, Directory.GetFileSystemEntries(directory.FullName).Length);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_one_line()
    {
        Run run = Run.Of("generate", "haproxy", "10.0.0.1:80", "-o", "/proc/no/such/haproxy.cfg");
        Assert.Equal(ExitCode.Storage, run.Status);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    private static string Written(string program, string version) => Run.Of("generate", program, "10.0.0.1:80", "--target-version", version).Out;
}
