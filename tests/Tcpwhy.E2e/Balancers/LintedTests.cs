using Tcpwhy.Balancers;
using Tcpwhy.E2e.Program;
using Xunit;

namespace Tcpwhy.E2e.Balancers;

/// <summary>Corrections that lint writes are taken by the real programs, and what they would refuse is not written.</summary>
public sealed class LintedTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tcpwhy-e2e-");

    [Fact]
    public void Corrected_configurations_pass_haproxy_and_nginx()
    {
        BuiltProgram.Needs("haproxy", "nginx");
        string planted = Path.Combine(BuiltProgram.Project, "tests/Tcpwhy.Tests/Balancers/Corpus/planted");
        string[] files = [.. Directory.GetFiles(planted).Where(file => !Path.GetFileName(file).StartsWith("part-", StringComparison.Ordinal) && !file.Contains("sysctl", StringComparison.Ordinal))];
        int corrected = 0;
        foreach (string part in Directory.GetFiles(planted, "part-*"))
            File.Copy(part, Path.Combine(_directory.FullName, Path.GetFileName(part)));
        foreach (string original in files)
        {
            string file = Path.Combine(_directory.FullName, Path.GetFileName(original));
            // The corpus is about timeouts; what else nginx asks for is added, at the end so that lines keep their numbers.
            // And no test asks DNS.
            string text = File.ReadAllText(original).Replace("app.example.com", "127.0.0.1", StringComparison.Ordinal);
            if (Path.GetExtension(file) == ".conf")
                text += $"{(text.Contains("events", StringComparison.Ordinal) ? "" : "events { }")} pid {_directory.FullName}/nginx.pid;\n";
            File.WriteAllText(file, text);
            ConfigurationSet set = ConfigurationSet.Read([file]);
            var chain = new Chain
            {
                Front = Front.Find("gcp")!,
                Haproxy = set.Haproxy,
                Nginx = set.Nginx,
                Servers = [new KnownServer(null, "node", TimeSpan.FromSeconds(5))],
            };
            var repair = new Repair(set, Lint.Check(chain));
            corrected += repair.Files.Count();
            string? complaint = repair.Check(BalancerProgram.Find, unchecked_ => Assert.Fail(unchecked_.ToString()));
            Assert.True(complaint is null, $"{file}: {complaint}");
        }
        Assert.True(corrected >= 20, $"{corrected}");
        Assert.Empty(Directory.GetFiles(_directory.FullName, "*.tcpwhy-check-*"));
    }

    [Fact]
    public void What_the_program_refuses_is_not_written()
    {
        BuiltProgram.Needs("nginx");
        string file = Path.Combine(_directory.FullName, "nginx.conf");
        File.WriteAllText(file, "events { }\nhttp { lingering_close off; no_such_directive on; server { listen 80; } }\n");
        ConfigurationSet set = ConfigurationSet.Read([file]);
        string? complaint = new Repair(set, Lint.Check(new Chain { Nginx = set.Nginx })).Check(BalancerProgram.Find, _ => { });
        Assert.Contains("nginx refuses the file already as it is", complaint, StringComparison.Ordinal);
        Assert.Contains("no_such_directive", complaint, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
