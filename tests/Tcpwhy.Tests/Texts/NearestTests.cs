using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Texts;

public class NearestTests
{
    private static readonly string[] Words = ["sport", "dport", "state", "established", "or", "and", "pid"];

    [Theory]
    [InlineData("dprt", "dport")]
    [InlineData("DPORT", "dport")]
    [InlineData("esatblished", "established")]
    [InlineData("estabilshd", "established")]
    [InlineData("stat", "state")]
    [InlineData("ro", "or")]
    [InlineData("pdi", "pid")]
    [InlineData("xyz", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void Finds_the_word_that_was_meant(string typed, string? meant) => Assert.Equal(meant, Nearest.To(typed, Words));

    [Fact]
    public void First_among_equals_wins() => Assert.Equal("sport", Nearest.To("xport", Words));

    [Fact]
    public void Long_text_is_no_slip() => Assert.Null(Nearest.To(new string('s', 1_000_000), Words));

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ab", "ba", 1)]
    [InlineData("same", "SAME", 0)]
    public void Distance_counts_edits(string a, string b, int distance)
    {
        Assert.Equal(distance, Nearest.Distance(a, b));
        Assert.Equal(distance, Nearest.Distance(b, a));
    }
}
