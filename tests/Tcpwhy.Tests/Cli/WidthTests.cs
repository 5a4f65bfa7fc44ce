using Tcpwhy.Cli.Ui;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public class WidthTests
{
    [Theory]
    [InlineData("abc", 3)]
    [InlineData("한국어", 6)]
    [InlineData("→ × µ ✗", 7)]
    [InlineData("e\u0301", 1)]
    [InlineData("🚀", 2)]
    public void Hangul_takes_two_columns(string text, int columns) => Assert.Equal(columns, DisplayWidth.Of(text));

    [Fact]
    public void Text_breaks_at_spaces_and_only_a_long_word_is_cut() =>
        Assert.Equal(["연결이", "끊어졌", "습니다", "ab cd"], Lines("연결이 끊어졌습니다 ab cd", 6));

    [Fact]
    public void A_word_of_several_inks_stays_together() =>
        Assert.Equal(["see", "(java)"], Lines(["see (", new Piece("java", Ink.Bold), ")"], 7));

    private static List<string> Lines(string text, int width) => Lines([text], width);

    private static List<string> Lines(Piece[] text, int width) =>
        Wrap.Lines(text, width).ConvertAll(line => string.Concat(line.Select(piece => piece.Text)));
}
