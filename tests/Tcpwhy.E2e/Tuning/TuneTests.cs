using Tcpwhy.E2e.Lab;
using Tcpwhy.E2e.Program;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.E2e.Tuning;

/// <summary>Apply, confirm, roll back and revert, with real settings of a namespace of the lab.</summary>
public class TuneTests
{
    const string KeepAlive = "net.ipv4.tcp_keepalive_time";

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cycle_leaves_every_setting_as_it_was()
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        using TunedHost tuned = new(network.Server);
        string before = await tuned.SettingsAsync(Ct);

        Assert.Equal("waiting", Assert.Single((await tuned.ApplyAsync()).GetProperty("targets").EnumerateArray()).GetProperty("state").GetString());
        Assert.Equal("60", await tuned.ValueAsync(KeepAlive, Ct));
        Assert.NotEqual(before, await tuned.SettingsAsync(Ct));
        Assert.Equal(2, (await tuned.RunAsync("apply", "--profile", "client", "--yes", "--baseline", "100ms")).Status);

        await tuned.DoneAsync("confirm");
        Assert.Equal(("confirmed", null), await tuned.StatusAsync());
        string after = await tuned.SettingsAsync(Ct);
        await tuned.ApplyAsync();
        Assert.Equal(after, await tuned.SettingsAsync(Ct));
        Assert.Equal(("confirmed", null), await tuned.StatusAsync());

        await tuned.DoneAsync("rollback");
        Assert.Equal(before, await tuned.SettingsAsync(Ct));
        Assert.Equal(("untouched", "rollback"), await tuned.StatusAsync());
    }

    [Fact]
    public async Task When_every_process_was_killed_the_next_start_sets_all_back()
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        using TunedHost tuned = new(network.Server);
        string before = await tuned.SettingsAsync(Ct);
        await tuned.ApplyAsync("--confirm-within", "1h");
        tuned.KillGuard();
        Assert.Equal("60", await tuned.ValueAsync(KeepAlive, Ct));

        Assert.Equal(("untouched", "timer-killed"), await tuned.StatusAsync());
        Assert.Equal(before, await tuned.SettingsAsync(Ct));
    }

    [Fact]
    public async Task Unless_it_is_confirmed_the_guard_sets_all_back()
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        using TunedHost tuned = new(network.Server);
        string before = await tuned.SettingsAsync(Ct);
        await tuned.ApplyAsync("--confirm-within", "3s");

        for (int tries = 0; tries < 100 && await tuned.ValueAsync(KeepAlive, Ct) != "7200"; tries++)
            await Task.Delay(200, Ct);

        Assert.Equal(before, await tuned.SettingsAsync(Ct));
        Assert.Equal(("untouched", "not-confirmed"), await tuned.StatusAsync());
        ProgramEnd late = await tuned.RunAsync("confirm");
        Assert.Equal((2, "tcpwhy: nothing waits for confirmation"), (late.Status, Assert.Single(late.Complaints)));
    }

    [Fact]
    public async Task When_failures_rise_the_guard_sets_all_back()
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        using TunedHost tuned = new(network.Client);
        Actor client = await network.StartActorAsync(network.Client, "client", Ct), server = await network.StartActorAsync(network.Server, "server", Ct);
        var service = new Endpoint(network.Server.Ipv4, 8080);
        await server.ListenAsync(service, Ct);
        using RunningProgram apply = tuned.Start("apply", "--profile", "client", "--yes", "--baseline", "2s");
        await apply.SaysAsync("counting failures");
        for (int i = 0; i < 31; i++)
            await client.ConnectAsync(service, Ct);
        Assert.Equal(0, (await apply.EndAsync()).Status);
        Assert.Equal("60", await tuned.ValueAsync(KeepAlive, Ct));

        for (int i = 0; i < 31; i++)
            Assert.Equal("ECONNREFUSED", (await client.TryConnectAsync(service with { Port = 8081 }, TimeSpan.FromSeconds(5), Ct)).Outcome);
        for (int tries = 0; tries < 100 && await tuned.ValueAsync(KeepAlive, Ct) != "7200"; tries++)
            await Task.Delay(200, Ct);

        Assert.Equal(("untouched", "failures-rose"), await tuned.StatusAsync());
    }

    [Fact]
    public async Task What_somebody_else_changed_is_left_unless_forced()
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        using TunedHost tuned = new(network.Server);
        string before = await tuned.SettingsAsync(Ct);
        await tuned.ApplyAsync();
        await tuned.DoneAsync("confirm");
        await network.Server.SetAsync([$"{KeepAlive}=300"], Ct);

        ProgramEnd left = await tuned.RunAsync("rollback");
        Assert.Equal(6, left.Status);
        Assert.Contains(KeepAlive, Assert.Single(left.Complaints), StringComparison.Ordinal);
        Assert.Equal("300", await tuned.ValueAsync(KeepAlive, Ct));

        await tuned.DoneAsync("rollback", "--force");
        Assert.Equal(before, await tuned.SettingsAsync(Ct));
    }

    [Fact]
    public async Task A_dry_run_and_a_question_without_an_answer_change_nothing()
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        using TunedHost tuned = new(network.Server);
        string before = await tuned.SettingsAsync(Ct);

        Assert.Empty((await tuned.DoneAsync("apply", "--profile", "proxy", "--dry-run")).GetProperty("targets").EnumerateArray());
        ProgramEnd asked = await tuned.RunAsync("apply", "--profile", "proxy");

        Assert.Equal(2, asked.Status);
        Assert.Contains("--yes", asked.Complaints[^1], StringComparison.Ordinal);
        Assert.Equal(before, await tuned.SettingsAsync(Ct));
    }

    // In namespaces of its own, with an empty /var/lib, where the program keeps what it has to undo unless told otherwise.
    [Fact]
    public async Task When_every_process_was_killed_any_command_of_root_sets_all_back_but_help_and_version()
    {
        BuiltProgram.Needs("root", "unshare", "sysctl");
        const string script = """
            set -e
            mount -t tmpfs none /var/lib
            value() { sysctl -n net.ipv4.tcp_keepalive_time; }
            tcpwhy() { "$dotnet" "$dll" "$@"; }
            value
            tcpwhy tune apply --profile server --yes --baseline 100ms --confirm-within 1h --sysctl-directory /var/lib >/dev/null 2>&1
            value
            kill -9 $(sed -n 's/.*"timer_pid": *\([0-9]*\).*/\1/p' /var/lib/tcpwhy/tune/host.json | tr -d ,)
            sleep 0.3
            tcpwhy --help >/dev/null; tcpwhy --version >/dev/null; tcpwhy explain --help >/dev/null
            value
            tcpwhy explain keepalive-race >/dev/null
            value
            ls /var/lib/tcpwhy/tune
            tcpwhy explain keepalive-race >/dev/null
            """;
        using var shell = new RunningProgram(["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "env", $"dotnet={TunedHost.Tcpwhy[0]}", $"dll={TunedHost.Tcpwhy[1]}", "sh", "-c", script]);
        ProgramEnd end = await shell.EndAsync();

        Assert.True(end.Status == 0, end.Out + end.Error);
        Assert.Equal(["7200", "60", "60", "7200", "host.json", "lock"], end.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("5 settings of this host set back", Assert.Single(end.Complaints), StringComparison.Ordinal);
    }

    // With processes of its own, the namespace is the first of a "host", whose file lasts.
    [Fact]
    public async Task On_a_host_the_file_comes_with_the_confirmation_and_goes_with_the_rollback()
    {
        BuiltProgram.Needs("root", "unshare", "sysctl");
        DirectoryInfo directory = Directory.CreateTempSubdirectory("tcpwhy-tune-host-");
        try
        {
            string files = directory.CreateSubdirectory("sysctl.d").FullName;
            File.WriteAllText(Path.Combine(files, "99-old.conf"), "net.ipv4.tcp_keepalive_time = 7200\n");
            const string script = """
                set -e
                d=$1; shift
                look() { sysctl -a 2>/dev/null | grep -E '^net\.(ipv4\.tcp|core\.somaxconn|ipv4\.ip_local)' | grep -vE 'secret|_key' >$d/$1; ls -la --time-style=+ $d/sysctl.d | grep -v ' \.' >>$d/$1; md5sum $d/sysctl.d/* >>$d/$1; }
                tune() { part=$1; shift; "$dotnet" "$dll" tune $part --state $d/state --sysctl-directory $d/sysctl.d "$@"; }
                look before
                tune apply --profile server --yes --baseline 100ms
                look applied
                tune confirm
                look confirmed
                cat $d/sysctl.d/90-tcpwhy.conf
                tune rollback
                look after
                """;
            using var shell = new RunningProgram(["unshare", "--net", "--pid", "--fork", "--mount-proc", "env", $"dotnet={TunedHost.Tcpwhy[0]}", $"dll={TunedHost.Tcpwhy[1]}", "sh", "-c", script, "sh", directory.FullName]);
            ProgramEnd end = await shell.EndAsync();

            Assert.True(end.Status == 0, end.Out + end.Error);
            string Looked(string name) => File.ReadAllText(Path.Combine(directory.FullName, name));
            Assert.Contains("tcp_keepalive_time = 7200", Looked("before"), StringComparison.Ordinal);
            Assert.Contains("tcp_keepalive_time = 60", Looked("applied"), StringComparison.Ordinal);
            Assert.DoesNotContain("90-tcpwhy.conf", Looked("applied"), StringComparison.Ordinal);
            Assert.Contains("90-tcpwhy.conf", Looked("confirmed"), StringComparison.Ordinal);
            Assert.Contains("net.ipv4.tcp_keepalive_time = 60", end.Out, StringComparison.Ordinal);
            Assert.Contains("99-old.conf:1: 7200", end.Out, StringComparison.Ordinal);
            Assert.Equal(Looked("before"), Looked("after"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
