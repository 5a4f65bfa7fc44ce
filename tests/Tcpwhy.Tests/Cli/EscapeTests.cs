using Tcpwhy.Cli.Ui;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public class EscapeTests
{
    [Theory]
    [InlineData("java", "java")]
    [InlineData("자바 é 🚀", "자바 é 🚀")]
    [InlineData("a\e[31mred", "a\\x1b[31mred")]
    [InlineData("two\nlines\ttab\0", "two\\x0alines\\x09tab\\x00")]
    [InlineData("\u009b31m", "\\x9b31m")]
    [InlineData("\u202egnp.exe", "\\u202egnp.exe")]
    [InlineData("a\u2066b\u200fc\ufeff", "a\\u2066b\\u200fc\\ufeff")]
    public void Shows_what_a_terminal_would_obey(string name, string shown) => Assert.Equal(shown, Escape.Visible(name));

    [Fact]
    public void Shows_half_a_character() => Assert.Equal("half \\ud83d", Escape.Visible("half \ud83d"));

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    [InlineData("ndjson")]
    public void No_name_from_outside_reaches_the_output_raw(string format)
    {
        const string Hostile = "x\e]0;owned\a\u202e\u009b1m\r";
        Finding finding = Examples.CloseUnread with
        {
            Process = new ProcessInfo(1, Hostile) { Container = Hostile },
            PeerProcess = new ProcessInfo(2, Hostile),
            Facts = new Dictionary<string, string> { ["server"] = Hostile, ["client"] = Hostile, ["unread"] = Hostile },
            Evidence = [new Evidence("reset sent", Hostile, 1, Hostile)],
        };
        Answer answer = Examples.Broken with { Source = Hostile, Notes = [Hostile], Findings = [finding] };

        string output = Run.With(answer, "diagnose", "--format", format).Out;

        Assert.DoesNotContain(output, c => c is '\e' or '\a' or '\r' or '\u202e' or '\u009b');
    }
}
