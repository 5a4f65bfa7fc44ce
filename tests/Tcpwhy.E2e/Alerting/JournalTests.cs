using System.Text.Json;
using Tcpwhy.E2e.Program;
using Xunit;

namespace Tcpwhy.E2e.Alerting;

/// <summary>A real systemd-journald, in a mount namespace of its own so that the host's is left alone.</summary>
public sealed class JournalTests(BuiltProgram program) : IDisposable
{
    const string Journald = "/lib/systemd/systemd-journald";

    // It speaks to its socket below /run and writes there; nothing of that is the host's.
    const string Script = """
        mount -t tmpfs none /run && mkdir -p /run/systemd/journal || exit 9
        grep -q . /etc/machine-id || { echo 0123456789abcdef0123456789abcdef >/run/machine-id; mount --bind /run/machine-id /etc/machine-id; } || exit 9
        /lib/systemd/systemd-journald & journald=$!
        for i in $(seq 100); do test -S /run/systemd/journal/socket && break; sleep 0.1; done
        "$0" config test-alerts >&2
        for i in $(seq 50); do journalctl -o json TCPWHY_RULE=tcpwhy-test | grep . && break; sleep 0.1; done
        kill $journald; wait $journald
        """;

    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tcpwhy-journal-");

    [Fact]
    public async Task An_entry_is_found_by_its_fields()
    {
        BuiltProgram.Needs("root", "unshare", "journalctl");
        Assert.SkipUnless(File.Exists(Journald), $"needs {Journald}");
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(_directory.FullName, "tcpwhy")).FullName, "config.yaml");
        await File.WriteAllTextAsync(file, "alerts:\n  receivers:\n    journal:\n      to: journal\n");

        ProgramEnd end = await program.ShellAsync(["env", $"XDG_CONFIG_HOME={_directory.FullName}", "unshare", "--mount"], Script);

        Assert.Contains("✓ journal: has taken it", end.Error, StringComparison.Ordinal);
        using JsonDocument entry = JsonDocument.Parse(end.Out);
        Assert.Equal("warning: a test of tcpwhy, nothing is wrong: 1, over 0", entry.RootElement.GetProperty("MESSAGE").GetString());
        Assert.Equal(("4", "tcpwhy", "firing"), (Field("PRIORITY"), Field("SYSLOG_IDENTIFIER"), Field("TCPWHY_STATUS")));

        string? Field(string name) => entry.RootElement.GetProperty(name).GetString();
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
