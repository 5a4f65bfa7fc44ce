using System.Diagnostics;
using System.Text.RegularExpressions;
using Tcpwhy.Kernel.Btf;
using Tcpwhy.Tests.Cli;
using Xunit;

namespace Tcpwhy.Tests.Bpf;

/// <summary>The compiled BPF objects are committed so that users need no compiler; where there is one, they are compiled again and compared.</summary>
public partial class CommittedObjectTests
{
    /// <summary>Another version makes other instructions of the same source.</summary>
    private const string Compiler = "clang version 14.";

    private static readonly string folder = Path.Combine(Golden.Repository, "bpf");

    public static TheoryData<string> Objects => [.. Directory.GetFiles(folder, "*.bpf.c").Select(file => Path.GetFileNameWithoutExtension(file) + ".o")];

    [Theory]
    [MemberData(nameof(Objects))]
    public void Object_is_what_its_source_compiles_to(string name)
    {
        Assert.SkipUnless(Output("clang", "--version")?.Contains(Compiler, StringComparison.Ordinal) == true, $"no '{Compiler}*', which made the committed objects");
        Assert.SkipWhen(Output("llvm-strip", "--version") is null || Output("make", "--version") is null, "no llvm-strip or no make");
        Assert.SkipUnless(File.Exists("/usr/include/bpf/bpf_helpers.h"), "no libbpf-dev");
        DirectoryInfo copy = Directory.CreateTempSubdirectory("tcpwhy-bpf-");
        try
        {
            foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".o", StringComparison.Ordinal)))
            {
                string target = Path.Combine(copy.FullName, Path.GetRelativePath(folder, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
            Assert.NotNull(Output("make", "-C", copy.FullName, name));

            byte[] committed = File.ReadAllBytes(Path.Combine(folder, name)), compiled = File.ReadAllBytes(Path.Combine(copy.FullName, name));
            foreach (string section in Sections())
            {
                ReadOnlyMemory<byte>? was = Section(committed, section), now = Section(compiled, section);
                Assert.True((was is null) == (now is null) && (was is null || was.Value.Span.SequenceEqual(now!.Value.Span)),
                    $"{name} differs from its source in {section}: make -C bpf gen");
            }
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    // The programs and maps, which name their sections, the functions that they share, constants and types. Not what only debuggers read.
    private static IEnumerable<string> Sections() =>
        Directory.GetFiles(folder, "*.[ch]", SearchOption.AllDirectories)
            .SelectMany(file => SectionName().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Concat([".text", ".rodata", ".BTF"])
            .Distinct();

    private static ReadOnlyMemory<byte>? Section(byte[] file, string name)
    {
        try
        {
            return ElfFile.Section(file, name);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>What a program prints; null when it is not here or fails.</summary>
    private static string? Output(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? text : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    [GeneratedRegex("""SEC\("([^"]+)"\)""")]
    private static partial Regex SectionName();
}
