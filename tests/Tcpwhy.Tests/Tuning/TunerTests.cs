using System.Text;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Texts;
using Tcpwhy.Tuning;
using Xunit;

namespace Tcpwhy.Tests.Tuning;

/// <summary>Apply, confirm and undo on files that stand for /proc/sys, as the host's namespace has them.</summary>
public sealed class TunerTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("tcpwhy-tuner-");
    private readonly ProcFs _proc;
    private readonly JournalStore _store;
    private readonly Clock _time = new();
    private readonly Boot _boot;
    private readonly SysctlFiles _files;
    private readonly Target _host;

    public TunerTests()
    {
        _proc = new ProcFs(Path.Combine(_root.FullName, "proc"));
        _store = new JournalStore(Path.Combine(_root.FullName, "state"));
        _boot = new Boot(_proc, _time);
        _files = new SysctlFiles([Directory.CreateDirectory(Path.Combine(_root.FullName, "sysctl.d")).FullName], null);
        Put("net.core.somaxconn", "4096\n");
        Put("net.ipv4.ip_local_port_range", "32768\t60999\n");
        Put("kernel.random.boot_id", "first\n");
        _host = Target.Find(_proc, null);
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void A_cycle_leaves_every_byte_as_it_was()
    {
        Tuner tuner = Applied(("net.core.somaxconn", "8192"), ("net.ipv4.ip_local_port_range", "10240 65535"));
        Assert.Equal("8192\n", Text("net.core.somaxconn"));
        Assert.False(File.Exists(_files.OwnFile));

        tuner.Confirm(_host);
        Assert.Equal(["net.core.somaxconn = 8192", "net.ipv4.ip_local_port_range = 10240 65535"], File.ReadAllLines(_files.OwnFile)[1..]);

        Undone undone = tuner.Rollback(_host, force: false);

        Assert.Equal((2, 0), (undone.Settings.Count, undone.Kept.Count));
        Assert.Equal("4096\n", Text("net.core.somaxconn"));
        Assert.Equal("32768 60999", ValueShape.Plain(Text("net.ipv4.ip_local_port_range")));
        Assert.False(File.Exists(_files.OwnFile));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_files.OwnFile)!));
    }

    [Fact]
    public void What_has_to_be_undone_is_stored_before_the_guard_starts_and_the_guard_watches_before_anything_is_written()
    {
        string? valueThen = null;
        Journal? journalThen = null;
        Apply(key =>
        {
            (valueThen, journalThen) = (Text("net.core.somaxconn"), _store.Read(key));
            return Environment.ProcessId;
        }, ("net.core.somaxconn", "8192"));

        Assert.Equal("4096\n", valueThen);
        Assert.Equal(new Written("net.core.somaxconn", "4096", "8192"), Assert.Single(journalThen!.Pending!.Values));
    }

    [Fact]
    public void Without_a_guard_nothing_is_changed()
    {
        ToolException refused = Assert.Throws<ToolException>(() => Apply(_ => throw new ToolException("no guard", ExitCode.KernelFeatureMissing), ("net.core.somaxconn", "8192")));

        Assert.Equal("nothing was changed: no guard", refused.Message);
        Assert.Equal("4096\n", Text("net.core.somaxconn"));
        Assert.Null(_store.Read("host")!.Pending);
    }

    [Fact]
    public void What_was_not_confirmed_in_time_is_undone_by_the_next_start()
    {
        Applied(("net.core.somaxconn", "8192"));
        _time.Pass(TimeSpan.FromMinutes(4));
        Assert.Empty(new Recovery(_proc, _store, _boot).Run(spared: "host"));

        _time.Pass(TimeSpan.FromMinutes(1));
        (string target, Undone undone) = Assert.Single(new Recovery(_proc, _store, _boot).Run(spared: "host"));

        Assert.Equal(("host", "not-confirmed"), (target, undone.Why));
        Assert.Equal("4096\n", Text("net.core.somaxconn"));
        Assert.Empty(new Recovery(_proc, _store, _boot).Run());
    }

    [Fact]
    public void A_change_whose_guard_is_gone_is_undone_at_once_but_can_still_be_confirmed()
    {
        Tuner tuner = Applied(("net.core.somaxconn", "8192"));
        Assert.Empty(new Recovery(_proc, _store, _boot).Run(spared: "host"));
        tuner.Confirm(_host);
        Assert.Empty(new Recovery(_proc, _store, _boot).Run());

        Applied(("net.ipv4.ip_local_port_range", "10240 65535"));
        Assert.Equal("timer-killed", Assert.Single(new Recovery(_proc, _store, _boot).Run()).Undone.Why);

        Assert.Equal("8192\n", Text("net.core.somaxconn"));
        Assert.Equal("32768 60999", ValueShape.Plain(Text("net.ipv4.ip_local_port_range")));
    }

    [Fact]
    public void A_reboot_forgets_what_was_not_confirmed_and_keeps_what_was()
    {
        Applied(("net.core.somaxconn", "8192")).Confirm(_host);
        string file = File.ReadAllText(_files.OwnFile);
        Applied(("net.ipv4.ip_local_port_range", "10240 65535"));
        Put("net.ipv4.ip_local_port_range", "32768\t60999\n");
        Put("kernel.random.boot_id", "second\n");

        Assert.Equal("reboot", Assert.Single(new Recovery(_proc, _store, _boot).Run()).Undone.Why);

        Assert.Equal(file, File.ReadAllText(_files.OwnFile));
        Assert.Equal("net.core.somaxconn", Assert.Single(_store.Read("host")!.InForce()).Setting);
    }

    [Fact]
    public void One_file_tells_whether_something_waits()
    {
        Assert.False(_store.SomethingWaits);
        Tuner tuner = Applied(("net.core.somaxconn", "8192"));
        Assert.True(_store.SomethingWaits);
        tuner.Confirm(_host);
        Assert.False(_store.SomethingWaits);

        Applied(("net.core.somaxconn", "16384"));
        Assert.True(_store.SomethingWaits);
        Assert.Single(new Recovery(_proc, _store, _boot).Run());
        Assert.False(_store.SomethingWaits);

        // Killed between the journal and the note that nothing waits.
        File.WriteAllText(Path.Combine(_root.FullName, "state/tune/waiting"), "");
        Assert.Empty(new Recovery(_proc, _store, _boot).Run());
        Assert.False(_store.SomethingWaits);
    }

    [Fact]
    public void Two_changes_that_were_confirmed_are_rolled_back_to_before_the_first()
    {
        Applied(("net.core.somaxconn", "8192")).Confirm(_host);
        Tuner tuner = Applied(("net.core.somaxconn", "16384"));
        tuner.Confirm(_host);
        Assert.Contains("somaxconn = 16384", File.ReadAllText(_files.OwnFile), StringComparison.Ordinal);

        tuner.Rollback(_host, force: false);

        Assert.Equal("4096\n", Text("net.core.somaxconn"));
        Assert.Throws<ToolException>(() => tuner.Rollback(_host, force: false));
    }

    [Fact]
    public void A_value_that_somebody_else_changed_stays_unless_forced()
    {
        Tuner tuner = Applied(("net.core.somaxconn", "8192"), ("net.ipv4.ip_local_port_range", "10240 65535"));
        tuner.Confirm(_host);
        Put("net.core.somaxconn", "1000\n");

        Undone undone = tuner.Rollback(_host, force: false);
        Assert.Equal(["net.core.somaxconn"], undone.Kept);
        Assert.Equal("1000\n", Text("net.core.somaxconn"));
        Assert.Equal("32768 60999", ValueShape.Plain(Text("net.ipv4.ip_local_port_range")));
        Assert.False(File.Exists(_files.OwnFile));

        Assert.Empty(tuner.Rollback(_host, force: true).Kept);
        Assert.Equal("4096\n", Text("net.core.somaxconn"));
    }

    [Fact]
    public void A_second_change_waits_for_the_first() =>
        Assert.Contains("waits for", Assert.Throws<ToolException>(() =>
        {
            Applied(("net.core.somaxconn", "8192"));
            Applied(("net.core.somaxconn", "16384"));
        }).Message, StringComparison.Ordinal);

    [Fact]
    public void A_value_that_changed_since_the_plan_was_made_stops_it()
    {
        Change stale = new(Settings.Require("net.core.somaxconn"), "128", "8192", new Sentence("x"), []);
        Assert.Contains("plan again", Assert.Throws<ToolException>(() => New().Apply(_host, _files, [stale], TimeSpan.FromMinutes(5), default, _ => 1)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("net.core.somaxconn = 1\n")]
    [InlineData("")]
    public void A_file_that_is_not_ours_is_never_overwritten(string content)
    {
        File.WriteAllText(_files.OwnFile, content);
        Assert.Contains("was not written by tcpwhy", Assert.Throws<ToolException>(() => Applied(("net.core.somaxconn", "8192"))).Message, StringComparison.Ordinal);
        Assert.Equal((content, "4096\n"), (File.ReadAllText(_files.OwnFile), Text("net.core.somaxconn")));
    }

    [Fact]
    public void A_symbolic_link_in_the_place_of_our_file_is_not_followed()
    {
        string victim = Path.Combine(_root.FullName, "passwd");
        File.WriteAllText(victim, "root\n");
        File.CreateSymbolicLink(_files.OwnFile, victim);
        Assert.Throws<ToolException>(() => Applied(("net.core.somaxconn", "8192")));
        Assert.Equal("root\n", File.ReadAllText(victim));
    }

    [Theory]
    [InlineData("net.core.somaxconn", "kernel.core_pattern")]
    [InlineData("\"4096\"", "\"4096\\nx\"")]
    [InlineData("tcpwhy.tune-journal/1", "tcpwhy.tune-journal/2")]
    [InlineData("{", "")]
    public void A_journal_that_was_tampered_with_is_refused(string before, string after)
    {
        Applied(("net.core.somaxconn", "8192"));
        string journal = Path.Combine(_root.FullName, "state/tune/host.json");
        File.WriteAllText(journal, File.ReadAllText(journal).Replace(before, after, StringComparison.Ordinal));
        Assert.Contains("is damaged", Assert.Throws<ToolException>(() => _store.Read("host")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_others_can_write_is_refused()
    {
        using (_store.Lock(TimeSpan.Zero))
            File.SetUnixFileMode(Path.Combine(_root.FullName, "state/tune"), (UnixFileMode)0b111_111_111);
        Assert.Contains("can be written by others", Assert.Throws<ToolException>(() => _store.Lock(TimeSpan.Zero)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_one_process_tunes_at_a_time()
    {
        using IDisposable held = _store.Lock(TimeSpan.Zero);
        Assert.Contains("another tcpwhy is tuning now", Assert.Throws<ToolException>(() => _store.Lock(TimeSpan.Zero)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Later_files_that_set_the_same_are_found()
    {
        string directory = Path.GetDirectoryName(_files.OwnFile)!;
        File.WriteAllText(Path.Combine(directory, "10-early.conf"), "net.core.somaxconn=1\n");
        File.WriteAllText(Path.Combine(directory, "99-late.conf"), "# net.core.somaxconn=2\n-net/core/somaxconn = 3\nnet.core.somaxconn2=4\n");
        Assert.Equal([$"{directory}/99-late.conf:2: 3"], _files.Overriding("net.core.somaxconn"));
    }

    private Tuner New() => new(_proc, _store, _boot);

    private Tuner Applied(params (string Setting, string To)[] values)
    {
        Apply(_ => 0, values);
        return New();
    }

    private void Apply(Func<string, int> guard, params (string Setting, string To)[] values)
    {
        using IDisposable held = _store.Lock(TimeSpan.Zero);
        New().Apply(_host, _files, [.. values.Select(value => new Change(Settings.Require(value.Setting), ValueShape.Plain(Text(value.Setting)), value.To, new Sentence("x"), []))], TimeSpan.FromMinutes(5), default, guard);
    }

    // A plain file keeps what a shorter value did not cover.
    private string Text(string setting) => File.ReadAllText(_proc.Path("sys/" + Sysctl.Path(setting))).TrimEnd('\n') + "\n";

    private void Put(string setting, string value)
    {
        string path = _proc.Path("sys/" + Sysctl.Path(setting));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, value, new UTF8Encoding(false));
    }

    private sealed class Clock : TimeProvider
    {
        private TimeSpan _passed;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => _passed += time;

        public override long GetTimestamp() => _passed.Ticks;

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 3, 4, 12, 0, 0, TimeSpan.Zero) + _passed;
    }
}
