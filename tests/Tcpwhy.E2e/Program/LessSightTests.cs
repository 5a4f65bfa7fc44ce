using System.Text.Json;
using Xunit;

namespace Tcpwhy.E2e.Program;

/// <summary>Where the kernel cannot be watched, the program sees what sockets show, says so, and says how to see more.</summary>
public class LessSightTests(BuiltProgram program)
{
    [Fact]
    public async Task An_ordinary_user_learns_what_is_missing_and_how_to_get_it()
    {
        await program.NeedsNobodyAsync();
        ProgramEnd end = await program.RunAsync(BuiltProgram.AsNobody, "diagnose", "--duration", "1s", "--format", "json");
        Check(end, "not permitted");
        Assert.Contains("sudo ./tcpwhy diagnose", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ordinary_user_cannot_make_faults()
    {
        await program.NeedsNobodyAsync();
        ProgramEnd end = await program.RunAsync(BuiltProgram.AsNobody, "lab", "run", "all");
        Assert.Equal(3, end.Status);
        Assert.Single(end.Complaints);
    }

    [Fact]
    public async Task Without_libbpf_it_says_so() => Check(await WithoutAsync("/usr/lib*/libbpf.so.1 /usr/lib*/*/libbpf.so.1", "--bind /dev/null"), "libbpf.so.1");

    [Fact]
    public async Task Without_the_kernels_types_it_says_so() => Check(await WithoutAsync("/sys/kernel/btf", "-t tmpfs none"), "BTF");

    // In a mount namespace of its own, that ends with the program.
    async Task<ProgramEnd> WithoutAsync(string hidden, string mount)
    {
        BuiltProgram.Needs("root", "unshare", "mount");
        return await program.ShellAsync(["unshare", "-m"],
            $"for file in {hidden}; do if [ -e $file ]; then mount {mount} $file || exit 99; fi; done; exec \"$0\" diagnose --duration 1s --format json");
    }

    static void Check(ProgramEnd end, string obstacle)
    {
        Assert.True(end.Status == 0, end.Error);
        Assert.Contains(obstacle, end.Complaints[0], StringComparison.Ordinal);
        Assert.Contains(end.Complaints, line => line.StartsWith("watching TCP with sock_diag", StringComparison.Ordinal));
        using JsonDocument answer = JsonDocument.Parse(end.Out);
        JsonElement visibility = answer.RootElement.GetProperty("visibility");
        Assert.Equal("sock_diag", visibility.GetProperty("source").GetString());
        string[] unavailable = [.. visibility.GetProperty("unavailable").EnumerateArray().Select(one => one.GetProperty("cause").GetString()!)];
        Assert.Contains("server-close-unread", unavailable);
        Assert.DoesNotContain("close-wait-leak", unavailable);
    }
}
